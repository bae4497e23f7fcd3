import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { timely } from '../../../src/main/serve/timely.ts'
import { startedServe } from '../../support/engine/serve.ts'

/** A connection of one's own, which sends what it is told and keeps what comes. */
function opened(port: number): { socket: Socket; answer: () => string; ended: Promise<unknown> } {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.on('data', (data) => (text += data.toString()))
  socket.on('error', () => undefined)
  return { socket, answer: () => text, ended: new Promise((resolve) => socket.once('close', resolve)) }
}

const head = (apiToken: string, type: string, length: number) =>
  `POST /api/classify HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${apiToken}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`

test.each(['application/json', 'image/jpeg'])(
  'Eight requests of %s that send a header and then nothing are told so and cut off, and a ninth is answered',
  async (type) => {
    const { serving, origin } = await startedServe({ patience: { silence: 700, pace: 1024 } })
    const { port, apiToken } = serving
    const silent = Array.from({ length: 8 }, () => opened(port))
    for (const { socket } of silent) socket.write(head(apiToken, type, 500))
    const honest = () =>
      fetch(`${origin}/api/openapi.json`, { headers: { authorization: `Bearer ${apiToken}` } }).then(
        ({ status }) => status,
      )
    await expect.poll(honest).toBe(429)
    await Promise.all(silent.map(({ ended }) => ended))
    for (const { answer } of silent) {
      expect(answer()).toMatch(/^HTTP\/1.1 408 /)
      expect(answer()).toContain('api.too-slow')
    }
    expect(await honest()).toBe(200)
  },
)

test('One that trickles is cut off too, though it is never silent', async () => {
  const { serving } = await startedServe({ patience: { silence: 400, pace: 1024 } })
  const { socket, answer, ended } = opened(serving.port)
  socket.write(head(serving.apiToken, 'application/json', 10_000))
  const timer = setInterval(() => socket.write(' '), 50)
  await ended
  clearInterval(timer)
  expect(answer()).toMatch(/^HTTP\/1.1 408 /)
  // Node itself cuts off what takes minutes.
  expect(answer()).toContain('api.too-slow')
})

test('A body that comes in pieces at a fair pace is taken whole, however long it takes', async () => {
  const pieces = Array.from({ length: 6 }, (_, i) => new Uint8Array(300).fill(i))
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        await pause(100)
        const next = pieces.shift()
        if (next) stream.enqueue(next)
        else stream.close()
      },
    },
    { highWaterMark: 0 },
  )
  const arrived = new Uint8Array(await new Response(timely(body, { silence: 300, pace: 1000 })).arrayBuffer())
  expect(arrived.length).toBe(1800)
})

/** A body of one piece that then says nothing, and what became of it. */
function silent() {
  const [pull, cancel] = [vi.fn<() => void>(), vi.fn<() => void>()]
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (stream) => {
        pull()
        if (pull.mock.calls.length === 1) stream.enqueue(new Uint8Array(9))
        return pull.mock.calls.length === 1 ? undefined : new Promise<void>(() => undefined)
      },
      cancel,
    },
    { highWaterMark: 0 },
  )
  return { body, pull, cancel }
}

test('A body that falls silent is let go of, and so is one that nobody wants to read any more', async () => {
  const slow = silent()
  const reading = new Response(timely(slow.body, { silence: 100, pace: 1000 })).arrayBuffer()
  await expect(reading).rejects.toMatchObject({ code: 'api.too-slow' })
  expect(slow.cancel).toHaveBeenCalledOnce()
  const left = silent()
  const reader = timely(left.body, { silence: 100, pace: 1000 }).getReader()
  await reader.read()
  await reader.cancel()
  expect(left.cancel).toHaveBeenCalledOnce()
})

test('Nothing of a body is asked for before somebody reads: until then it is not late either', async () => {
  const { body, pull } = silent()
  const reader = timely(body, { silence: 100, pace: 1000 }).getReader()
  await pause(300)
  expect(pull).not.toHaveBeenCalled()
  expect((await reader.read()).value).toHaveLength(9)
})
