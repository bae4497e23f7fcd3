import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ThawError } from '../../src/shared/errors.ts'
import type { Client } from '../../src/shared/rpc.ts'
import type { Welcome } from '../../src/shared/rpc.ts'
import { createClient, newStreamPosition } from '../../src/shared/rpc.ts'
import { protocolVersion } from '../../src/shared/version.ts'
import type { Wire } from '../../src/shared/wire.ts'
import { processWire, socketWire, WireListeners, wirePair } from '../../src/shared/wire.ts'
import { toyContract, toyServer } from '../support/rpc/toy.ts'

interface Ends {
  client: Client<typeof toyContract>
  wire: Wire
  /** Frames as they come back, for tests that send their own. */
  frames: unknown[]
  close: () => void
}

function endsOf(wire: Wire, close: () => void): Ends {
  const frames: unknown[] = []
  wire.onFrame((frame) => frames.push(frame))
  return { client: createClient(toyContract, wire, 'toy'), wire, frames, close }
}

const wires: Record<string, () => Promise<Ends>> = {
  'in memory': () => {
    const [near, far] = wirePair()
    toyServer().attach(far)
    return Promise.resolve(endsOf(near, near.close))
  },
  'to a child process': async () => {
    const child = fork(fileURLToPath(new URL('../support/rpc/toyChild.ts', import.meta.url)), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    await once(child, 'message')
    return endsOf(processWire(child), () => void child.kill('SIGKILL'))
  },
  'over a WebSocket': async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    server.on('connection', (socket) => toyServer().attach(socketWire(socket)))
    await once(server, 'listening')
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await once(socket, 'open')
    return endsOf(socketWire(socket), () => {
      for (const one of server.clients) one.terminate()
      server.close()
    })
  },
}

describe.each(Object.entries(wires))('Calls %s', (_, open) => {
  test('bring what the handler gives', async () => {
    const { client, close } = await open()
    expect(await client.call('add', { a: 2 })).toEqual({ sum: 3 })
    close()
  })

  test('tell of progress in order, the last item always, before the result', async () => {
    const { client, close } = await open()
    const seen: number[] = []
    await client.call('count', { to: 30, pause: 8 }, { onProgress: ({ done }) => seen.push(done) })
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(30)
    // 240 ms of work: far fewer frames than items
    expect(seen.length).toBeLessThan(10)
    close()
  })

  test('lose nothing of progress that comes as lists', async () => {
    const { client, close } = await open()
    const seen: number[] = []
    await client.call('list', { to: 50 }, { onProgress: (items) => seen.push(...items) })
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    close()
  })

  test('can be cancelled', async () => {
    const { client, close } = await open()
    const controller = new AbortController()
    const call = client.call('count', { to: 1000, pause: 5 }, { signal: controller.signal })
    await sleep(30)
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    close()
  })

  test('bring errors with code, sentence and parameters, and nothing from inside', async () => {
    const { client, frames, close } = await open()
    const known = await client.call('fail', { how: 'known' }).catch((error: unknown) => error)
    expect(known).toBeInstanceOf(ThawError)
    expect(known).toMatchObject({ code: 'photo.empty', parameters: { file: 'a.jpg' } })
    await expect(client.call('fail', { how: 'bug' })).rejects.toMatchObject({ code: 'internal' })
    await expect(client.call('fail', { how: 'wrong output' })).rejects.toMatchObject({ code: 'internal' })
    expect(JSON.stringify(frames)).not.toMatch(/secret|toy\.ts| {4}at /)
    close()
  })

  test('are refused if their input does not fit', async () => {
    const { client, close } = await open()
    await expect(client.call('add', { a: 'two' as never })).rejects.toMatchObject({ code: 'rpc.invalid' })
    close()
  })

  test.each(['__proto__', 'constructor', 'toString', 'nonsense'])(
    'of the name %s are unknown',
    async (name) => {
      const { client, close } = await open()
      const call = client.call(name as never, {} as never)
      await expect(call).rejects.toMatchObject({ code: 'rpc.unknown-method' })
      close()
    },
  )

  test('with a number that is in use are refused', async () => {
    const { wire, frames, close } = await open()
    const call = { type: 'call', id: 7, call: 'count', input: { to: 100, pause: 5 } }
    wire.send(call)
    wire.send(call)
    await expect
      .poll(() => frames)
      .toContainEqual(
        expect.objectContaining({
          type: 'error',
          id: 7,
          error: expect.objectContaining({ code: 'rpc.invalid' }),
        }),
      )
    close()
  })

  test('fail with engine.gone when the other side goes, and events reach who listens', async () => {
    const { client, close } = await open()
    const heard = new Promise((resolve) => client.on('news', resolve))
    await client.call('announce', { text: 'hello' })
    expect(await heard).toEqual({ text: 'hello' })
    const call = client.call('count', { to: 1000, pause: 5 })
    const refused = expect(call).rejects.toMatchObject({ code: 'engine.gone', parameters: { part: 'toy' } })
    close()
    await refused
    await expect(client.call('add', { a: 1 })).rejects.toMatchObject({ code: 'engine.gone' })
  })
})

test('Input that is nested without end is refused and overflows no stack', () => {
  const listeners = new WireListeners()
  const answers: unknown[] = []
  const { onFrame, onClose } = listeners
  toyServer().attach({ onFrame, onClose, send: (frame) => answers.push(frame), close: () => undefined })
  const nested = '['.repeat(100_000) + ']'.repeat(100_000)
  listeners.frame(JSON.parse(`{"type":"call","id":1,"call":"add","input":${nested}}`))
  expect(answers).toMatchObject([{ type: 'error', id: 1, error: { code: 'rpc.invalid' } }])
})

test('A handler is told when its caller is gone', async () => {
  const [near, far] = wirePair()
  const aborted: string[] = []
  toyServer((what) => aborted.push(what)).attach(far)
  const call = createClient(toyContract, near).call('count', { to: 1000, pause: 5 })
  call.catch(() => undefined)
  await sleep(20)
  near.close()
  await expect.poll(() => aborted).toEqual(['count'])
})

/** A server that remembers, and a way to hear it over a new wire each time. */
function numbered(remembers: number) {
  const server = toyServer(undefined, { session: 's1', remembers })
  const position = newStreamPosition()
  const heard: string[] = []
  const connect = (to = server) => {
    const [near, far] = wirePair()
    to.attach(far)
    const welcomed = Promise.withResolvers<Welcome>()
    const client = createClient(toyContract, near, 'toy', { position, onWelcome: welcomed.resolve })
    client.on('news', ({ text }) => heard.push(text))
    return { welcome: welcomed.promise, close: near.close }
  }
  const tell = (text: string, to = server) => to.emit('news', { text })
  return { connect, tell, heard, position }
}

test('Whoever was away gets what was missed in order, and nothing twice', async () => {
  const { connect, tell, heard } = numbered(10)
  const first = connect()
  expect(await first.welcome).toEqual({ isOurs: true, isResumed: false })
  tell('one')
  await expect.poll(() => heard).toEqual(['one'])
  first.close()
  for (const text of ['two', 'three']) tell(text)
  const second = connect()
  expect(await second.welcome).toEqual({ isOurs: true, isResumed: true })
  tell('four')
  await expect.poll(() => heard).toEqual(['one', 'two', 'three', 'four'])
})

test('A client hears an event once, also where it is told again, and none that came before its place', async () => {
  const [near, far] = wirePair()
  const heard: string[] = []
  const client = createClient(toyContract, near, 'toy', { position: { session: 's', after: 4 } })
  client.on('news', ({ text }) => heard.push(text))
  for (const number of [4, 5, 5, 6])
    far.send({ type: 'event', number, event: 'news', data: { text: String(number) } })
  await expect.poll(() => heard).toEqual(['5', '6'])
})

test('A server tells who comes back only what came after its place', async () => {
  const server = toyServer(undefined, { session: 's', remembers: 10 })
  for (const text of ['1', '2', '3']) server.emit('news', { text })
  const [near, far] = wirePair()
  const frames: unknown[] = []
  near.onFrame((frame) => frames.push(frame))
  server.attach(far)
  near.send({ type: 'hello', protocol: protocolVersion, session: 's', after: 2 })
  await expect
    .poll(() => frames)
    .toMatchObject([
      { type: 'welcome', after: 2 },
      { type: 'event', number: 3 },
    ])
})

test('Whoever was away too long, or comes to another life of the server, is told so and begins anew', async () => {
  const { connect, tell, heard, position } = numbered(2)
  const first = connect()
  await first.welcome
  first.close()
  for (const text of ['one', 'two', 'three']) tell(text)
  const second = connect()
  expect(await second.welcome).toMatchObject({ isResumed: false })
  second.close()
  const other = toyServer(undefined, { session: 's2', remembers: 2 })
  tell('unheard', other)
  const third = connect(other)
  expect(await third.welcome).toMatchObject({ isResumed: false })
  expect(position).toEqual({ session: 's2', after: 1 })
  tell('heard', other)
  await expect.poll(() => heard).toEqual(['heard'])
})

test('A server of another version is known by its welcome', async () => {
  const [near, far] = wirePair()
  far.onFrame(() => far.send({ type: 'welcome', protocol: 1, version: '0.0.1', session: 's', after: 0 }))
  const welcomed = Promise.withResolvers<Welcome>()
  createClient(toyContract, near, 'toy', { onWelcome: welcomed.resolve })
  expect(await welcomed.promise).toMatchObject({ isOurs: false })
})

test('Who says no hello is told of no events, and has its calls answered', async () => {
  const [near, far] = wirePair()
  const server = toyServer()
  server.attach(far)
  const frames: unknown[] = []
  near.onFrame((frame) => frames.push(frame))
  server.emit('news', { text: 'unheard' })
  near.send({ type: 'call', id: 1, call: 'add', input: { a: 1 } })
  await expect.poll(() => frames).toEqual([{ type: 'result', id: 1, output: { sum: 2 } }])
})
