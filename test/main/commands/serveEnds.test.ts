import { afterEach, expect, it, vi } from 'vitest'
import type { Serving } from '../../../src/main/serve.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const before = signals.map((signal) => process.listeners(signal))
// A process ends once; each of these tests stands for one of its own.
afterEach(() => {
  vi.resetModules()
  for (const [at, signal] of signals.entries())
    for (const listener of process.listeners(signal))
      if (!before[at]!.includes(listener)) process.off(signal, listener)
})

it.each(['while it starts', 'as soon as the address is read'] as const)(
  'A server that is asked to end %s is ended in good order',
  async (moment) => {
    const { serveUntilAsked } = await import('../../../src/main/commands/serve.ts')
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const heard: boolean[] = []
    const ask = (now: typeof moment) => {
      if (now === moment) heard.push(process.emit('SIGTERM', 'SIGTERM'))
    }
    const close = vi.fn(() => Promise.resolve())
    await serveUntilAsked(
      async () => {
        ask('while it starts')
        await Promise.resolve()
        return { close } as unknown as Serving
      },
      () => ask('as soon as the address is read'),
    )
    expect(heard).toEqual([true])
    expect(close).toHaveBeenCalledOnce()
  },
)
