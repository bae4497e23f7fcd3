import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../src/renderer/api.ts'
import type { Connection } from '../../src/renderer/api.ts'
import { protocolVersion, version } from '../../src/shared/version.ts'

/** A browser's socket whose server is the test. */
class FakeSocket extends EventTarget {
  static readonly all: FakeSocket[] = []
  /** Whether a server is there. */
  static answers = true
  readyState = 0
  readonly sent: Record<string, unknown>[] = []
  readonly address: string

  constructor(address: string) {
    super()
    this.address = address
    FakeSocket.all.push(this)
    const { answers } = FakeSocket
    queueMicrotask(() => {
      this.readyState = answers ? 1 : 3
      this.dispatchEvent(new Event(answers ? 'open' : 'close'))
    })
  }

  send(text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>
    this.sent.push(frame)
    if (frame['type'] === 'hello') this.say({ type: 'welcome', ...FakeSocket.server })
  }
  static server = { protocol: protocolVersion, version, session: 's', after: 0 }

  say(frame: unknown): void {
    queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) })))
  }
  close(): void {
    this.readyState = 3
    this.dispatchEvent(new Event('close'))
  }
}

const news = (number: number) => ({ type: 'event', number, event: 'datasets.changed', data: {} })
const settle = () => vi.advanceTimersByTimeAsync(0)
let status: number | undefined

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  status = undefined
  vi.stubGlobal('fetch', () =>
    status === undefined ? Promise.reject(new Error('refused')) : Promise.resolve({ status }),
  )
  FakeSocket.all.length = 0
  FakeSocket.answers = true
  FakeSocket.server = { protocol: protocolVersion, version, session: 's', after: 0 }
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function opened() {
  const api = connect()
  const states: Connection[] = []
  api.onConnection((state) => states.push(state))
  return { api, states, socket: () => FakeSocket.all.at(-1)! }
}

describe('A page whose server goes away', () => {
  it('is connected again by itself, with pauses that grow, and says that it is lost meanwhile', async () => {
    const { states, socket } = opened()
    await settle()
    expect(states).toEqual(['open'])
    expect(socket().address).toMatch(/^ws:.*\/rpc$/)
    FakeSocket.answers = false
    socket().close()
    await settle()
    expect(states).toEqual(['open', 'lost'])
    const tries = () => FakeSocket.all.length - 1
    await vi.advanceTimersByTimeAsync(499)
    expect(tries()).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(tries()).toBe(1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(tries()).toBe(2)
    await vi.advanceTimersByTimeAsync(2000 + 4000 + 4000)
    expect(tries()).toBe(5)
    FakeSocket.answers = true
    await vi.advanceTimersByTimeAsync(4000)
    expect(states).toEqual(['open', 'lost', 'open'])
  })

  it('hears on the next wire what it has missed, from where it was, and nothing twice', async () => {
    const { api, socket } = opened()
    const heard = vi.fn()
    api.on('datasets.changed', heard)
    await settle()
    socket().say(news(1))
    await settle()
    FakeSocket.server = { ...FakeSocket.server, after: 1 }
    socket().close()
    await vi.advanceTimersByTimeAsync(500)
    expect(socket().sent[0]).toMatchObject({ type: 'hello', session: 's', after: 1 })
    socket().say(news(1))
    socket().say(news(2))
    await settle()
    expect(heard).toHaveBeenCalledTimes(2)
  })

  it('hears what is told right after the greeting, also where it began to listen while it waited for that', async () => {
    const { api, socket } = opened()
    await Promise.resolve()
    await Promise.resolve()
    expect(socket().sent).toMatchObject([{ type: 'hello' }])
    const heard = vi.fn()
    api.on('datasets.changed', heard)
    socket().say(news(1))
    await settle()
    expect(heard).toHaveBeenCalledTimes(1)
    socket().close()
    await vi.advanceTimersByTimeAsync(500)
    socket().say(news(2))
    await settle()
    expect(heard).toHaveBeenCalledTimes(2)
  })

  it('gives up the calls that were under way, and makes later ones wait for the next wire', async () => {
    const { api, socket } = opened()
    await settle()
    const lost = expect(api.call('datasets.list', {})).rejects.toMatchObject({ code: 'engine.gone' })
    await settle()
    socket().close()
    await lost
    const later = api.call('datasets.list', {})
    await vi.advanceTimersByTimeAsync(500)
    const { id } = socket().sent.find(({ call }) => call === 'datasets.list')!
    socket().say({ type: 'result', id, output: { datasets: [] } })
    expect(await later).toEqual({ datasets: [] })
  })

  it('says that the server does not know it any more, where it answers so', async () => {
    const { states, socket } = opened()
    await settle()
    status = 401
    FakeSocket.answers = false
    socket().close()
    await vi.advanceTimersByTimeAsync(500)
    expect(states).toEqual(['open', 'lost', 'stranger'])
  })

  it('says that the server is of another version', async () => {
    FakeSocket.server = { ...FakeSocket.server, version: '0.0.0' }
    const { states } = opened()
    await settle()
    expect(states).toEqual(['other'])
  })

  it('notices a server that says nothing any more', async () => {
    const { states } = opened()
    await settle()
    FakeSocket.answers = false
    await vi.advanceTimersByTimeAsync(40_000)
    expect(states).toEqual(['open', 'lost'])
  })
})
