import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { host } from '../../src/shared/api/call.ts'
import { ThawError } from '../../src/shared/errors.ts'
import type { StreamPosition, ServerOptions, Welcome } from '../../src/shared/rpc.ts'
import { createClient, createServer, newStreamPosition } from '../../src/shared/rpc.ts'
import { protocolVersion, version } from '../../src/shared/version.ts'
import { WireListeners } from '../../src/shared/wire.ts'
import { toyContract, toyServer } from '../support/rpc/toy.ts'

/** A wire whose other end is the test: frames go in by hand, and those that come out are listed. */
function rawWire() {
  const listeners = new WireListeners()
  const sent: Record<string, unknown>[] = []
  const { onFrame, onClose } = listeners
  const send = (frame: unknown) => void sent.push(frame as Record<string, unknown>)
  return { wire: { onFrame, onClose, send, close: () => listeners.close() }, listeners, sent }
}

function rawServer(options: Partial<ServerOptions> = {}) {
  const raw = rawWire()
  const server = toyServer(undefined, options)
  server.attach(raw.wire)
  return {
    ...raw,
    server,
    call: (id: number, call: string, input: unknown) =>
      raw.listeners.frame({ type: 'call', id, call, input }),
  }
}

/** What is told of a text where a number belongs, so deep inside. */
function refusedAt([outer, inner]: [string, string]): { reason: string } {
  const input = z.strictObject({ [outer]: z.strictObject({ [inner]: z.int() }) })
  const contract = { calls: { go: host(input, z.strictObject({}), z.int()) }, events: {} }
  const raw = rawWire()
  createServer(contract, { go: () => ({}) }, { onBug: () => undefined }).attach(raw.wire)
  raw.listeners.frame({ type: 'call', id: 1, call: 'go', input: { [outer]: { [inner]: 'text' } } })
  return (raw.sent[0] as { error: { parameters: { reason: string } } }).error.parameters
}

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
const wide = (depth: number): unknown => (depth === 0 ? 1 : { a: 1, b: nested(0), c: wide(depth - 1) })

describe('A server refuses', () => {
  test('input that is nested too deeply, before anything looks into it', () => {
    const { call, sent } = rawServer()
    for (const [id, deep] of [nested(65), wide(65), nested(5000)].entries()) {
      call(id + 1, 'add', deep)
      expect(sent.at(-1)).toMatchObject({
        ...{ type: 'error', id: id + 1 },
        error: { code: 'rpc.invalid', parameters: { reason: 'it is nested too deeply' } },
      })
    }
    // As deep as anything that is sent: what is wrong with it is another thing.
    for (const still of [nested(64), wide(64), null]) {
      call(9, 'add', still)
      const { error } = sent.at(-1) as { error: { code: string; parameters: { reason: string } } }
      expect(error.code).toBe('rpc.invalid')
      expect(error.parameters.reason).not.toContain('nested')
    }
  })

  test('more calls at the same time than are allowed, and takes further ones when some have ended', async () => {
    const { call, sent, listeners } = rawServer({ mostAtOnce: 2 })
    for (const id of [1, 2, 3]) call(id, 'count', { to: 1000, pause: 5 })
    expect(sent).toMatchObject([
      { type: 'error', id: 3, error: { parameters: { reason: 'too many at once' } } },
    ])
    listeners.frame({ type: 'cancel', id: 1 })
    await expect
      .poll(() => sent.find(({ type, id }) => type === 'error' && id === 1))
      .toMatchObject({
        error: { code: 'cancelled' },
      })
    call(4, 'add', { a: 1 })
    await expect.poll(() => sent.at(-1)).toEqual({ type: 'result', id: 4, output: { sum: 2 } })
    listeners.close()
  })

  test('a number that is in use, and says so', () => {
    const { call, sent, listeners } = rawServer()
    call(7, 'count', { to: 1000, pause: 5 })
    call(7, 'count', { to: 1000, pause: 5 })
    expect(sent).toMatchObject([
      { type: 'error', id: 7, error: { parameters: { reason: 'its number is in use' } } },
    ])
    listeners.close()
  })

  test('what has no handler, or is not in the contract, by its name', () => {
    const raw = rawWire()
    createServer(toyContract, { add: ({ a, b }) => ({ sum: a + b }) }, { onBug: () => undefined }).attach(
      raw.wire,
    )
    for (const [id, call] of [
      [1, 'count'],
      [2, 'nonsense'],
      [3, 'hasOwnProperty'],
    ] as const)
      raw.listeners.frame({ type: 'call', id, call, input: {} })
    expect(
      raw.sent.map(({ id, error }) => [id, (error as ThawError).code, (error as ThawError).parameters]),
    ).toEqual([
      [1, 'rpc.unknown-method', { method: 'count' }],
      [2, 'rpc.unknown-method', { method: 'nonsense' }],
      [3, 'rpc.unknown-method', { method: 'hasOwnProperty' }],
    ])
  })

  test('input that does not fit, with the place of what is wrong and nothing of what was sent', () => {
    const { call, sent } = rawServer()
    call(1, 'add', { a: 'secret' })
    call(2, 'add', 'secret')
    call(3, 'add', { a: 1, ['x'.repeat(300)]: 1 })
    const reasons = sent.map(({ error }) => String((error as ThawError).parameters['reason']))
    expect(reasons[0]).toMatch(/^a: ./)
    expect(reasons[1]).not.toMatch(/^:|: $/)
    expect(reasons.join()).not.toContain('secret')
  })

  test('input that does not fit far inside, with its place in dots, of which it tells the beginning', () => {
    const { reason: at } = refusedAt(['outer', 'inner'])
    expect(at).toMatch(/^outer\.inner: ./)
    const { reason: long } = refusedAt(['a'.repeat(80), 'b'.repeat(80)])
    expect(long).toMatch(new RegExp(`^a{80}\\.b{19}: .`))
  })

  test.each([
    ['no object', 7],
    ['of no kind', { type: 'dance', id: 1 }],
    ['without a number', { type: 'call', call: 'add', input: { a: 1 } }],
    ['with the number 0', { type: 'call', id: 0, call: 'add', input: { a: 1 } }],
    ['with a broken number', { type: 'call', id: 1.5, call: 'add', input: { a: 1 } }],
    ['with more in it', { type: 'call', id: 1, call: 'add', input: { a: 1 }, more: 1 }],
    ['with an endless name', { type: 'call', id: 1, call: 'a'.repeat(65), input: {} }],
    ['a cancel without a number', { type: 'cancel' }],
    ['a hello with a place below 0', { type: 'hello', protocol: 1, session: null, after: -1 }],
    ['a hello with an endless session', { type: 'hello', protocol: 1, session: 's'.repeat(65), after: 0 }],
    ['a hello without a session', { type: 'hello', protocol: 1, after: 0 }],
  ])('a frame that is %s, without a word', async (_, frame) => {
    const { listeners, sent } = rawServer()
    listeners.frame(frame)
    await Promise.resolve()
    expect(sent).toEqual([])
  })
})

describe('A server answers', () => {
  test('a hello with who it is and where its events are', () => {
    const { listeners, sent, server } = rawServer({ session: 's', remembers: 2 })
    server.emit('news', { text: 'one' })
    listeners.frame({ type: 'hello', protocol: 1, session: null, after: 0 })
    expect(sent).toEqual([{ type: 'welcome', protocol: protocolVersion, version, session: 's', after: 1 }])
    server.emit('news', { text: 'two' })
    expect(sent[1]).toEqual({ type: 'event', number: 2, event: 'news', data: { text: 'two' } })
  })

  test.each([
    ['all that it has kept', 1, [2, 3]],
    ['nothing that was heard', 3, []],
    ['nothing where too much was missed', 0, []],
    ['nothing to who knows of the future', 4, []],
  ])('who comes back: %s', (_, after, numbers) => {
    const { listeners, sent, server } = rawServer({ session: 's', remembers: 2 })
    for (const text of ['one', 'two', 'three']) server.emit('news', { text })
    listeners.frame({ type: 'hello', protocol: 1, session: 's', after })
    const [welcome, ...events] = sent
    expect(welcome).toMatchObject({ type: 'welcome', after: numbers.length > 0 ? after : 3 })
    expect(events.map(({ number }) => number)).toEqual(numbers)
  })

  test('nobody any more who has gone, and ends what they had asked for', async () => {
    const aborted: string[] = []
    const raw = rawWire()
    const server = toyServer((what) => aborted.push(what))
    server.attach(raw.wire)
    raw.listeners.frame({ type: 'hello', protocol: 1, session: null, after: 0 })
    raw.listeners.frame({ type: 'call', id: 1, call: 'count', input: { to: 1000, pause: 1 } })
    raw.listeners.close()
    server.emit('news', { text: 'unheard' })
    expect(aborted).toEqual(['count'])
    expect(raw.sent.filter(({ type }) => type === 'event')).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 10))
  })

  test('with what a handler may say only, and reports the rest as a bug', async () => {
    const bugs: [string, unknown][] = []
    const { call, sent, server } = rawServer({ onBug: (...bug) => bugs.push(bug) })
    call(1, 'fail', { how: 'wrong output' })
    await expect.poll(() => sent).toMatchObject([{ type: 'error', id: 1, error: { code: 'internal' } }])
    expect(bugs.map(([what]) => what)).toEqual(['fail'])
    call(2, 'fail', { how: 'known' })
    await expect.poll(() => sent.at(-1)).toMatchObject({ id: 2, error: { code: 'photo.empty' } })
    server.emit('news', { text: 7 } as never)
    expect(bugs.map(([what]) => what)).toEqual(['fail', 'news'])
  })

  test('what is trusted as it is, without looking at it', async () => {
    const bugs: unknown[] = []
    const { call, sent } = rawServer({ trustsHandlers: true, onBug: (...bug) => bugs.push(bug) })
    call(1, 'fail', { how: 'wrong output' })
    await expect.poll(() => sent).toEqual([{ type: 'result', id: 1, output: { secret: 1 } }])
    expect(bugs).toEqual([])
  })

  test.each(['result', 'error'])(
    'the last progress before its %s, though it came too soon to be sent',
    async (end) => {
      const contract = { calls: { go: host(z.strictObject({}), z.strictObject({}), z.int()) }, events: {} }
      const raw = rawWire()
      const go = (_: object, { progress }: { progress: (item: number) => void }) => {
        for (const item of [1, 2, 3]) progress(item)
        if (end === 'error') throw new ThawError('cancelled')
        return {}
      }
      createServer(contract, { go }, { onBug: () => undefined }).attach(raw.wire)
      raw.listeners.frame({ type: 'call', id: 1, call: 'go', input: {} })
      await expect.poll(() => raw.sent.at(-1)).toMatchObject({ type: end })
      expect(raw.sent.map(({ item }) => item)).toEqual([1, 3, undefined])
    },
  )

  test('under no name where its life has none', () => {
    const { listeners, sent } = rawServer()
    listeners.frame({ type: 'hello', protocol: 1, session: null, after: 0 })
    expect(sent).toEqual([{ type: 'welcome', protocol: protocolVersion, version, session: '', after: 0 }])
  })

  test('progress that does not fit with silence, and a bug', async () => {
    const contract = { calls: { go: host(z.strictObject({}), z.strictObject({}), z.int()) }, events: {} }
    const raw = rawWire()
    const bugs: string[] = []
    const server = createServer(
      contract,
      {
        go: (_, { progress }) => {
          progress('no number' as never)
          progress(2)
          return {}
        },
      },
      { onBug: (call) => bugs.push(call) },
    )
    server.attach(raw.wire)
    raw.listeners.frame({ type: 'call', id: 1, call: 'go', input: {} })
    await expect.poll(() => raw.sent.at(-1)).toEqual({ type: 'result', id: 1, output: {} })
    expect(raw.sent.filter(({ type }) => type === 'progress')).toEqual([{ type: 'progress', id: 1, item: 2 }])
    expect(bugs).toEqual(['go'])
  })
})

function rawClient(
  options: { position?: StreamPosition; isTrusted?: boolean; onWelcome?: (welcome: Welcome) => void } = {},
) {
  const raw = rawWire()
  const client = createClient(toyContract, raw.wire, 'toy', options)
  return { ...raw, client }
}

describe('A client', () => {
  test('says hello first, with the place up to which it has heard', () => {
    expect(rawClient().sent).toEqual([{ type: 'hello', protocol: protocolVersion, session: null, after: 0 }])
    expect(rawClient({ position: { session: 's', after: 5 } }).sent[0]).toMatchObject({
      session: 's',
      after: 5,
    })
    expect(newStreamPosition()).toEqual({ session: null, after: 0 })
  })

  test('numbers its calls, and takes the answer to each', async () => {
    const { client, listeners, sent } = rawClient()
    const [first, second] = [client.call('add', { a: 1 }), client.call('add', { a: 2 })]
    expect(sent.slice(1)).toEqual([
      { type: 'call', id: 1, call: 'add', input: { a: 1 } },
      { type: 'call', id: 2, call: 'add', input: { a: 2 } },
    ])
    listeners.frame({ type: 'result', id: 2, output: { sum: 20 } })
    listeners.frame({ type: 'result', id: 3, output: { sum: 30 } })
    listeners.frame({
      type: 'error',
      id: 1,
      error: { code: 'photo.empty', message: '', advice: '', parameters: { file: 'x' } },
    })
    expect(await second).toEqual({ sum: 20 })
    await expect(first).rejects.toMatchObject({ code: 'photo.empty', parameters: { file: 'x' } })
  })

  test('cancels once, only what is under way, and waits for the answer', async () => {
    const { client, listeners, sent } = rawClient()
    const controller = new AbortController()
    const call = client.call('add', { a: 1 }, { signal: controller.signal })
    controller.abort()
    expect(sent.at(-1)).toEqual({ type: 'cancel', id: 1 })
    listeners.frame({ type: 'result', id: 1, output: { sum: 2 } })
    expect(await call).toEqual({ sum: 2 })
    await expect(client.call('add', { a: 1 }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
    const done = new AbortController()
    for (const outcome of [
      { type: 'result', output: { sum: 2 } },
      { type: 'error', error: { code: 'cancelled', message: '', advice: '', parameters: {} } },
    ]) {
      const before = sent.length
      const settled = client.call('add', { a: 1 }, { signal: done.signal })
      listeners.frame({ ...outcome, id: sent.at(-1)!['id'] })
      await settled.catch(() => undefined)
      expect(sent).toHaveLength(before + 1)
    }
    const before = sent.length
    done.abort()
    expect(sent).toHaveLength(before)
  })

  test('keeps nothing of a call that could not be sent', async () => {
    const { wire, listeners, sent } = rawWire()
    const unsendable = new RangeError('too long')
    const client = createClient(toyContract, {
      ...wire,
      send: (frame) => {
        if ((frame as { call?: string }).call === 'count') throw unsendable
        wire.send(frame)
      },
    })
    const controller = new AbortController()
    const seen: unknown[] = []
    const options = { signal: controller.signal, onProgress: (item: unknown) => seen.push(item) }
    await expect(client.call('count', { to: 2 }, options)).rejects.toMatchObject({
      code: 'internal',
      cause: unsendable,
    })
    controller.abort()
    expect(sent).toMatchObject([{ type: 'hello' }])
    listeners.frame({ type: 'progress', id: 1, item: { done: 1 } })
    expect(seen).toEqual([])
    const next = client.call('add', { a: 1 })
    listeners.frame({ type: 'result', id: 2, output: { sum: 2 } })
    expect(await next).toEqual({ sum: 2 })
  })

  test('takes nothing that does not fit, unless the other side is trusted', async () => {
    const strange = { type: 'result', id: 1, output: { sum: 'two' } }
    const one = rawClient()
    const call = one.client.call('add', { a: 1 })
    one.listeners.frame(strange)
    await expect(call).rejects.toMatchObject({ code: 'internal' })
    const trusting = rawClient({ isTrusted: true })
    const taken = trusting.client.call('add', { a: 1 })
    trusting.listeners.frame(strange)
    expect(await taken).toEqual({ sum: 'two' })
  })

  test('hears of progress that fits, until the call has ended', async () => {
    const { client, listeners } = rawClient()
    const seen: unknown[] = []
    const call = client.call('count', { to: 2 }, { onProgress: (item) => seen.push(item) })
    listeners.frame({ type: 'progress', id: 1, item: { done: 1 } })
    listeners.frame({ type: 'progress', id: 1, item: { done: 'one' } })
    listeners.frame({ type: 'result', id: 1, output: {} })
    listeners.frame({ type: 'progress', id: 1, item: { done: 2 } })
    await call
    expect(seen).toEqual([{ done: 1 }])
  })

  test('hears events in their order and once, those that fit and are known', () => {
    const { client, listeners } = rawClient()
    const heard: string[] = []
    const off = client.on('news', ({ text }) => heard.push(text))
    client.on('news', ({ text }) => heard.push(`${text}!`))
    const tell = (number: number, event: string, data: unknown) =>
      listeners.frame({ type: 'event', number, event, data })
    tell(1, 'news', { text: 'one' })
    tell(1, 'news', { text: 'one' })
    tell(2, 'toString', {})
    tell(3, 'news', { text: 3 })
    tell(4, 'news', { text: 'four' })
    off()
    tell(5, 'news', { text: 'five' })
    expect(heard).toEqual(['one', 'one!', 'four', 'four!', 'five!'])
  })

  test('is told who answers, and whether it has missed anything', () => {
    const welcomes: Welcome[] = []
    const position = { session: 's', after: 4 }
    const { listeners } = rawClient({ position, onWelcome: (welcome) => welcomes.push(welcome) })
    const welcome = { type: 'welcome', protocol: protocolVersion, version, session: 's', after: 4 }
    for (const change of [
      {},
      { protocol: 0 },
      { version: 'x' },
      { session: 't' },
      { session: 't', after: 9 },
      { session: 't', after: 8 },
    ])
      listeners.frame({ ...welcome, ...change })
    expect(welcomes).toEqual([
      { isOurs: true, isResumed: true },
      { isOurs: false, isResumed: true },
      { isOurs: false, isResumed: true },
      { isOurs: true, isResumed: false },
      { isOurs: true, isResumed: false },
      { isOurs: true, isResumed: false },
    ])
    expect(position).toEqual({ session: 't', after: 8 })
  })

  test('gives up what is under way when the wire closes, and everything after that', async () => {
    const { client, listeners, sent } = rawClient()
    const call = client.call('add', { a: 1 })
    listeners.close()
    await expect(call).rejects.toMatchObject({ code: 'engine.gone', parameters: { part: 'toy' } })
    await expect(client.call('add', { a: 1 })).rejects.toMatchObject({ code: 'engine.gone' })
    expect(sent).toHaveLength(2)
  })

  test.each([
    ['a ping', { type: 'ping' }],
    ['of no kind', { type: 'dance' }],
    ['a result with more in it', { type: 'result', id: 1, output: { sum: 1 }, more: 1 }],
    ['an error without a code', { type: 'error', id: 1, error: {} }],
    ['an event without a number', { type: 'event', event: 'news', data: { text: 'x' } }],
    ['a progress of nothing', { type: 'progress', id: 0, item: { done: 1 } }],
  ])('passes over a frame that is %s', async (_, frame) => {
    const { client, listeners } = rawClient()
    const heard = vi.fn()
    client.on('news', heard)
    const settled = vi.fn()
    client.call('add', { a: 1 }).then(settled, settled)
    listeners.frame(frame)
    await Promise.resolve()
    expect(settled).not.toHaveBeenCalled()
    expect(heard).not.toHaveBeenCalled()
  })
})
