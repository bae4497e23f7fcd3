import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SocketLike } from '../../src/shared/wire.ts'
import {
  bridgeChannel,
  bridgeWire,
  processWire,
  socketWire,
  WireListeners,
  wirePair,
} from '../../src/shared/wire.ts'

it('The bridge gets plain data, whatever a page hands over: Electron clones no proxy', () => {
  const sent: unknown[] = []
  const wire = bridgeWire({
    // structuredClone refuses what Electron's bridge refuses.
    send: (frame) => void sent.push(structuredClone(frame)),
    onFrame: () => () => undefined,
  })
  const classes = new Proxy([1, 2], {})
  wire.send({ type: 'call', id: 1, call: 'datasets.photos', input: { classes, search: undefined } })
  expect(sent).toEqual([{ type: 'call', id: 1, call: 'datasets.photos', input: { classes: [1, 2] } }])
})

it('The bridge hands frames on as they come, and lives as long as its page', () => {
  const off = vi.fn()
  const listened: unknown[] = []
  const wire = bridgeWire({
    send: () => undefined,
    onFrame: (listener) => {
      listened.push(listener)
      return off
    },
  })
  const listener = () => undefined
  wire.onFrame(listener)()
  expect(listened).toEqual([listener])
  expect(off).toHaveBeenCalledOnce()
  const closed = vi.fn()
  wire.onClose(closed)
  wire.close()
  expect(closed).not.toHaveBeenCalled()
  expect(bridgeChannel).toBe('thaw:frame')
})

describe('listeners', () => {
  it('hear every frame until they end listening, also while one is told', () => {
    const listeners = new WireListeners()
    const heard: unknown[] = []
    const off = listeners.onFrame((frame) => {
      heard.push(['first', frame])
      off()
    })
    listeners.onFrame((frame) => heard.push(['second', frame]))
    listeners.frame(1)
    listeners.frame(2)
    expect(heard).toEqual([
      ['first', 1],
      ['second', 1],
      ['second', 2],
    ])
  })

  it('are told once that it is over, at once if it is already, and hear nothing after that', () => {
    const listeners = new WireListeners()
    const [closed, late, heard] = [vi.fn(), vi.fn(), vi.fn()]
    listeners.onClose(closed)
    listeners.onFrame(heard)
    expect(listeners.isClosed).toBe(false)
    expect(closed).not.toHaveBeenCalled()
    listeners.close()
    listeners.close()
    listeners.onClose(late)
    listeners.frame(1)
    expect(listeners.isClosed).toBe(true)
    expect(closed).toHaveBeenCalledOnce()
    expect(late).toHaveBeenCalledOnce()
    expect(heard).not.toHaveBeenCalled()
  })
})

/** A socket as a browser's, whose state and events a test sets. */
class FakeSocket extends EventEmitter implements SocketLike {
  readyState = 1
  readonly sent: string[] = []
  readonly codes: (number | undefined)[] = []
  send = (text: string) => void this.sent.push(text)
  close = (code?: number) => void this.codes.push(code)
  addEventListener = (type: string, listener: (event: never) => void) => void this.on(type, listener as never)
}

describe('over a socket', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('frames go as JSON, while it is open only', () => {
    const socket = new FakeSocket()
    const wire = socketWire(socket)
    wire.send({ a: 1 })
    for (const state of [0, 2, 3]) {
      socket.readyState = state
      wire.send({ b: 2 })
    }
    expect(socket.sent).toEqual(['{"a":1}'])
    wire.close()
    expect(socket.codes).toEqual([undefined])
  })

  it('frames come as JSON; bytes and what is no JSON end it with the code for that (RFC 6455 §7.4.1)', () => {
    const socket = new FakeSocket()
    const wire = socketWire(socket)
    const heard: unknown[] = []
    const off = wire.onFrame((frame) => heard.push(frame))
    socket.emit('message', { data: '{"a":1}' })
    socket.emit('message', { data: Buffer.from('{"a":2}') })
    socket.emit('message', { data: '{"a":' })
    expect(heard).toEqual([{ a: 1 }])
    expect(socket.codes).toEqual([1003, 1007])
    off()
    socket.emit('message', { data: '1' })
    expect(heard).toHaveLength(1)
  })

  it('its end is told, also where it was over before', () => {
    const closed = vi.fn()
    const socket = new FakeSocket()
    const wire = socketWire(socket)
    wire.onClose(closed)
    expect(closed).not.toHaveBeenCalled()
    socket.emit('close', {})
    expect(closed).toHaveBeenCalledOnce()
    for (const [readyState, times] of [
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
    ] as const) {
      const told = vi.fn()
      socketWire(Object.assign(new FakeSocket(), { readyState })).onClose(told)
      expect(told).toHaveBeenCalledTimes(times)
    }
  })

  it('a line that says nothing is taken for broken, at once and without waiting for its own close', () => {
    const socket = new FakeSocket()
    const wire = socketWire(socket, { silence: 1000 })
    const closed = vi.fn()
    wire.onClose(closed)
    vi.advanceTimersByTime(900)
    // It speaks: the silence begins anew.
    socket.emit('message', { data: '{}' })
    vi.advanceTimersByTime(750)
    expect(closed).not.toHaveBeenCalled()
    expect(socket.codes).toEqual([])
    vi.advanceTimersByTime(500)
    expect(closed).toHaveBeenCalledOnce()
    expect(socket.codes).toEqual([undefined])
    // And it is not watched any more.
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(10_000)
    expect(socket.codes).toHaveLength(1)
  })

  it('is not watched unless that is asked, nor after its end', () => {
    const quiet = new FakeSocket()
    socketWire(quiet)
    expect(vi.getTimerCount()).toBe(0)
    const socket = new FakeSocket()
    socketWire(socket, { silence: 1000 })
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(999)
    expect(socket.codes).toEqual([])
    socket.emit('close', {})
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('within one process', () => {
  it('frames are copied and come later, in order', async () => {
    const [near, far] = wirePair()
    const heard: unknown[] = []
    far.onFrame((frame) => heard.push(frame))
    const frame = { list: [1] }
    near.send(frame)
    frame.list.push(2)
    near.send(frame)
    expect(heard).toEqual([])
    await Promise.resolve()
    expect(heard).toEqual([{ list: [1] }, { list: [1, 2] }])
    const back: unknown[] = []
    const off = near.onFrame((it) => back.push(it))
    far.send('x')
    await Promise.resolve()
    off()
    far.send('y')
    await Promise.resolve()
    expect(back).toEqual(['x'])
  })

  it('both ends end together, and nothing comes after that', async () => {
    const [near, far] = wirePair()
    const [nearClosed, farClosed, heard] = [vi.fn(), vi.fn(), vi.fn()]
    near.onClose(nearClosed)
    far.onClose(farClosed)
    far.onFrame(heard)
    far.close()
    near.send(1)
    await Promise.resolve()
    expect([nearClosed, farClosed].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
    expect(heard).not.toHaveBeenCalled()
  })
})

/** A child process as far as its channel goes. */
class FakeProcess extends EventEmitter {
  connected = true
  readonly sent: unknown[] = []
  disconnects = 0
  send = (message: unknown, done: (error: Error | null) => void) => {
    this.sent.push(message)
    // Node throws what is told here unless somebody takes it.
    done(new Error('EPIPE'))
    return true
  }
  disconnect = () => void (this.disconnects += 1)
}

describe('over a process’s channel', () => {
  it('frames go and come while it is connected', () => {
    const child = new FakeProcess()
    const wire = processWire(child)
    const heard: unknown[] = []
    const off = wire.onFrame((frame) => heard.push(frame))
    wire.send({ a: 1 })
    child.emit('message', { b: 2 })
    off()
    child.emit('message', { b: 3 })
    expect(child.sent).toEqual([{ a: 1 }])
    expect(heard).toEqual([{ b: 2 }])
    child.connected = false
    wire.send({ a: 2 })
    wire.close()
    expect(child.sent).toHaveLength(1)
    expect(child.disconnects).toBe(0)
    child.connected = true
    wire.close()
    expect(child.disconnects).toBe(1)
  })

  it('its end is told', () => {
    const child = new FakeProcess()
    const closed = vi.fn()
    processWire(child).onClose(closed)
    expect(closed).not.toHaveBeenCalled()
    child.emit('disconnect')
    expect(closed).toHaveBeenCalledOnce()
  })

  it('one without a channel is left alone', () => {
    const wire = processWire({ connected: true, on: () => undefined })
    expect(() => wire.send(1)).not.toThrow()
    expect(() => wire.close()).not.toThrow()
  })
})
