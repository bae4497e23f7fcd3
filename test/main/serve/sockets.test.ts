import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { Gate } from '../../../src/main/serve/gate.ts'
import { acceptSockets, largestFrame, mostSockets } from '../../../src/main/serve/sockets.ts'
import type { Wire } from '../../../src/shared/wire.ts'
import { socketWire } from '../../../src/shared/wire.ts'

const mebibyte = 2 ** 20

/** A server that hands its wires to the test. */
async function listening(limits: Parameters<typeof acceptSockets>[3]) {
  const arrivals: ((wire: Wire) => void)[] = []
  const gate = new Gate(['127.0.0.1'], 'test')
  const server = createServer()
  const sockets = acceptSockets(server, gate, { attach: (wire) => arrivals.shift()!(wire) }, limits)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, {
      headers: { authorization: `Bearer ${gate.apiToken}` },
    })
    const arrived = new Promise<Wire>((resolve) => arrivals.push(resolve))
    await once(socket, 'open')
    return { socket, wire: await arrived }
  }
  return { open, sockets, port, gate }
}

const socketOf = (socket: WebSocket) => (socket as unknown as { _socket: net.Socket })._socket

test('A reader that has stopped reading is cut off before it fills the memory', async () => {
  const { open, sockets } = await listening({ mostBuffered: 2 * mebibyte })
  const { socket, wire } = await open()
  socketOf(socket).pause()
  const closed = vi.fn()
  wire.onClose(closed)
  const frame = { type: 'progress', text: 'x'.repeat(mebibyte) }
  let most = 0
  for (let i = 0; i < 50; i += 1) {
    wire.send(frame)
    for (const one of sockets.clients) most = Math.max(most, one.bufferedAmount)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await expect.poll(() => closed.mock.calls.length).toBe(1)
  expect(most).toBeLessThan(4 * mebibyte)
  expect(sockets.clients.size).toBe(0)
})

test('A reader that reads gets everything, however much it is', async () => {
  const { open } = await listening({ mostBuffered: 2 * mebibyte })
  const { socket, wire } = await open()
  let got = 0
  socket.on('message', () => (got += 1))
  for (let i = 0; i < 30; i += 1) {
    wire.send({ text: 'x'.repeat(mebibyte) })
    await expect.poll(() => got).toBe(i + 1)
  }
})

/** Intervals and the clock move when the test says so; the network takes the time that it takes. (`expect.poll` would move them.) */
function stoppedClock(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('A line that is dead without a word is noticed by its pings', async () => {
  stoppedClock()
  const { open, sockets } = await listening({ pingEvery: 50 })
  const { socket, wire } = await open()
  const closed = vi.fn()
  wire.onClose(closed)
  const [server] = sockets.clients
  for (let ping = 1; ping <= 5; ping += 1) {
    const answered = once(server!, 'pong')
    vi.advanceTimersByTime(50)
    await answered
  }
  expect(closed).not.toHaveBeenCalled()
  // Neither end hears anything of the other any more.
  socketOf(socket).pause()
  vi.advanceTimersByTime(50)
  expect(sockets.clients.size).toBe(1)
  const ended = new Promise<void>((resolve) => wire.onClose(resolve))
  vi.advanceTimersByTime(50)
  await ended
  expect(closed).toHaveBeenCalledTimes(1)
  expect(sockets.clients.size).toBe(0)
})

test('A page notices a server that says nothing any more', async () => {
  stoppedClock()
  const { open, sockets } = await listening({ pingEvery: 300 })
  const { socket } = await open()
  const wire = socketWire(socket, { silence: 400 })
  const closed = vi.fn()
  wire.onClose(closed)
  for (let ping = 1; ping <= 5; ping += 1) {
    const heard = Promise.all([
      once(socket, 'message'),
      ...[...sockets.clients].map((it) => once(it, 'pong')),
    ])
    vi.advanceTimersByTime(300)
    await heard
  }
  expect(closed).not.toHaveBeenCalled()
  socketOf(socket).pause()
  vi.advanceTimersByTime(300)
  expect(closed).not.toHaveBeenCalled()
  vi.advanceTimersByTime(200)
  expect(closed).toHaveBeenCalledTimes(1)
})

test('A frame that is larger than any of ours ends its connection before it is read, and no other', async () => {
  const { open } = await listening({})
  const [{ socket, wire }, other] = [await open(), await open()]
  const heard = vi.fn()
  wire.onFrame(heard)
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.send('x'.repeat(largestFrame + 1))
  // 1009: too big (RFC 6455 §7.4.1).
  expect(await closed).toBe(1009)
  expect(heard).not.toHaveBeenCalled()
  const heardByOther: unknown[] = []
  other.wire.onFrame((frame) => heardByOther.push(frame))
  other.socket.send(JSON.stringify('x'.repeat(largestFrame - 2)))
  await expect.poll(() => heardByOther.length).toBe(1)
})

test('More sockets than any page opens are refused until one is closed', async () => {
  const { open, sockets, port, gate } = await listening({})
  for (let i = 0; i < mostSockets; i += 1) await open()
  const further = new WebSocket(`ws://127.0.0.1:${port}/rpc`, {
    headers: { authorization: `Bearer ${gate.apiToken}` },
  })
  const refused = new Promise<Error>((resolve) => further.once('error', resolve))
  expect((await refused).message).toContain('503')
  const [first] = sockets.clients
  first!.terminate()
  await expect.poll(() => sockets.clients.size).toBe(mostSockets - 1)
  await open()
})
