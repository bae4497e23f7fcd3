/** A contract of its own for the tests of the frames, so that they do not change with the real one. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { host } from '../../../src/shared/api/call.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import type { ServerOptions } from '../../../src/shared/rpc.ts'
import { createServer } from '../../../src/shared/rpc.ts'

const Count = z.strictObject({ to: z.int(), pause: z.int().default(0) })

export const toyContract = {
  calls: {
    add: host(z.strictObject({ a: z.int(), b: z.int().default(1) }), z.strictObject({ sum: z.int() })),
    count: host(Count, z.strictObject({}), z.strictObject({ done: z.int() })),
    list: host(Count, z.strictObject({}), z.array(z.int())),
    fail: host(z.strictObject({ how: z.string() }), z.strictObject({})),
    announce: host(z.strictObject({ text: z.string() }), z.strictObject({})),
  },
  events: { news: z.strictObject({ text: z.string() }) },
}

export function toyServer(
  onAborted: (call: string) => void = () => undefined,
  options: Partial<ServerOptions> = {},
) {
  const server = createServer(
    toyContract,
    {
      add: ({ a, b }) => ({ sum: a + b }),
      count: async ({ to, pause }, { signal, progress }) => {
        signal.addEventListener('abort', () => onAborted('count'))
        for (let done = 1; done <= to && !signal.aborted; done += 1) {
          if (pause > 0) await sleep(pause)
          progress({ done })
        }
        signal.throwIfAborted()
        return {}
      },
      list: async ({ to }, { progress }) => {
        for (let i = 1; i <= to; i += 1) {
          progress([i])
          if (i % 10 === 0) await sleep(5)
        }
        return {}
      },
      fail: ({ how }) => {
        if (how === 'known') throw new ThawError('photo.empty', { file: 'a.jpg' })
        if (how === 'bug') throw new Error('secret')
        return { secret: 1 } as never
      },
      announce: ({ text }) => {
        server.emit('news', { text })
        return {}
      },
    },
    { onBug: () => undefined, ...options },
  )
  return server
}
