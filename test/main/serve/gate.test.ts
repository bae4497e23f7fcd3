import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Gate } from '../../../src/main/serve/gate.ts'

const names = ['127.0.0.1', 'localhost', '[::1]', 'Photos.Example']
const aGate = (place = '/home/thaw:8479') => new Gate(names, place)
const from = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage

describe('a request is foreign', () => {
  const gate = aGate()
  it.each([
    {},
    { host: 'evil.example' },
    { host: 'localhost.evil.example' },
    { host: 'a b' },
    { host: 'localhost:8479', origin: 'http://evil.example' },
    // Another server of this machine is another page.
    { host: 'localhost:8479', origin: 'http://localhost:9000' },
    { host: 'localhost:8479', origin: 'null' },
    { host: 'localhost:8479', origin: '' },
    { host: 'localhost:8479', origin: 'ftp://localhost:8479' },
  ])('with %j', (headers) => expect(gate.isForeign(from(headers))).toBe(true))

  it.each([
    { host: 'localhost' },
    { host: 'LOCALHOST:1' },
    { host: '[::1]:9000' },
    { host: 'photos.example' },
    { host: 'localhost:9000', origin: 'http://localhost:9000' },
    { host: 'photos.example', origin: 'https://photos.example' },
  ])('and is not with %j', (headers) => expect(gate.isForeign(from(headers))).toBe(false))
})

describe('the key of programs', () => {
  const gate = aGate()
  const shows = (authorization: string) => gate.hasKey(from({ authorization }))

  it('is good as it is, whatever the letters of its scheme', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER '])
      expect(shows(`${scheme} ${gate.apiToken}`), scheme).toBe(true)
    expect(gate.knows(from({ authorization: `Bearer ${gate.apiToken}` }))).toBe(true)
  })

  it('is good in no part, with nothing more, and in no other scheme', () => {
    const key = gate.apiToken
    expect(key.length).toBeGreaterThan(30)
    for (const other of [
      ...[
        `Bearer ${key.slice(0, 1)}`,
        `Bearer ${key.slice(0, -1)}`,
        `Bearer ${key.slice(1)}`,
        `Bearer ${key}x`,
      ],
      ...['Bearer ', 'Bearer', '', key, `Basic ${key}`, `x Bearer ${key}`, `Bearer ${key} x`],
      `Bearer ${aGate().apiToken}`,
    ])
      expect([shows(other), gate.knows(from({ authorization: other }))], other).toEqual([false, false])
    expect(gate.hasKey(from({}))).toBe(false)
  })
})

describe('a token', () => {
  it('is good once, and every one is another', () => {
    const gate = aGate()
    const [first, second] = [gate.newToken(), gate.newToken()]
    expect(first).not.toBe(second)
    expect([gate.takeToken(first), gate.takeToken(first)]).toEqual([true, false])
    expect([gate.takeToken(second.slice(0, -1)), gate.takeToken(''), gate.takeToken(second)]).toEqual([
      ...[false, false, true],
    ])
    expect(aGate().takeToken(gate.newToken())).toBe(false)
  })

  it('is forgotten when sixteen newer ones wait', () => {
    const gate = aGate()
    const tokens = Array.from({ length: 17 }, () => gate.newToken())
    expect(tokens.map((token) => gate.takeToken(token))).toEqual([false, ...Array<boolean>(16).fill(true)])
  })
})

describe('the cookie', () => {
  const gate = aGate()
  const [pair, ...rules] = gate.setCookie.split('; ')

  it('is kept from scripts and from other sites, for all of the page', () => {
    expect(rules).toEqual(['HttpOnly', 'SameSite=Strict', 'Path=/'])
    expect(pair).toMatch(/^thaw-[\da-f]{12}=[\w-]{32}$/)
  })

  it('is known among others, and as it is alone', () => {
    const knows = (cookie: string) => gate.knows(from({ cookie }))
    expect([knows(pair!), knows(`a=b; ${pair}; c=d`), knows(`a=b;${pair}`)]).toEqual([true, true, true])
    const [name, value] = pair!.split('=') as [string, string]
    for (const other of ['', name, `${name}=`, `${name}=${value.slice(0, -1)}`, `${name}x=${value}`, value])
      expect(knows(other), other).toBe(false)
    expect(gate.knows(from({}))).toBe(false)
  })

  it('is that of one server: another one’s has another name where its place is another, and another value always', () => {
    const [name, value] = pair!.split('=')
    const of = (place: string) => aGate(place).setCookie.split(';')[0]!.split('=')
    expect(of('/home/thaw:8479')[0]).toBe(name)
    expect(of('/home/thaw:8479')[1]).not.toBe(value)
    expect(of('/home/thaw:8480')[0]).not.toBe(name)
  })

  it('is no token and no key', () => {
    const value = pair!.split('=')[1]!
    expect([gate.takeToken(value), gate.hasKey(from({ authorization: `Bearer ${value}` }))]).toEqual([
      ...[false, false],
    ])
  })
})
