import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { opening } from '../../../src/main/commands/serve.ts'
import { largestUpload } from '../../../src/main/host/uploads.ts'
import { freshAddress } from '../../../src/main/serve/running.ts'
import { startServe } from '../../../src/main/serve.ts'
import { put } from '../../support/folder.ts'
import { rubbish, fakeEngine, photosIn, testFolder } from '../../support/engine/host.ts'
import type { StartedServe } from '../../support/engine/serve.ts'
import { startedServe } from '../../support/engine/serve.ts'

let shared: StartedServe
const cleanUps: (() => Promise<void>)[] = []
beforeAll(async () => {
  shared = await startedServe({}, (clean) => cleanUps.push(clean))
})
afterAll(async () => {
  for (const clean of cleanUps.toReversed()) await clean()
})

/** A request with headers that fetch would not let through. */
function raw(port: number, options: http.RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, ...options }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
    request.once('error', reject)
    request.end()
  })
}

/** How a socket is refused, or 101 if it is not. */
function upgrade(port: number, headers: Record<string, string>, place = '/rpc'): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${place}`, { headers })
    socket.once('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode!))
    socket.on('error', () => undefined)
  })
}

test('The printed address is exchanged for a cookie that no script reads and no other site sends', async () => {
  const { serving } = shared
  const answer = await fetch(serving.freshAddress(), { redirect: 'manual' })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('set-cookie')).toMatch(
    /^thaw-[\da-f]{12}=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/,
  )
})

test('An address opens the page once; who is in already may open it again', async () => {
  const { serving, cookie } = shared
  const address = serving.freshAddress()
  const enter = (init: RequestInit = {}) => fetch(address, { redirect: 'manual', ...init })
  // Whoever only looks what is there uses nothing up.
  expect((await enter({ method: 'HEAD' })).status).toBe(401)
  expect((await enter()).status).toBe(303)
  const second = await enter()
  expect(second.status).toBe(401)
  expect(second.headers.get('set-cookie')).toBeNull()
  expect(await second.text()).toContain('thaw serve --address')
  const again = await enter({ headers: { cookie } })
  expect(again.status).toBe(303)
  expect(again.headers.get('set-cookie')).toBeNull()
  // The one that was printed at the start is such an address too.
  expect((await fetch(serving.address, { redirect: 'manual' })).status).toBe(303)
  expect((await fetch(serving.address, { redirect: 'manual' })).status).toBe(401)
})

test('Of addresses that nobody opens only the last sixteen are good', async () => {
  const { serving } = shared
  const addresses = Array.from({ length: 17 }, serving.freshAddress)
  const statuses = []
  for (const address of addresses) statuses.push((await fetch(address, { redirect: 'manual' })).status)
  expect(statuses).toEqual([401, ...Array.from({ length: 16 }, () => 303)])
})

test('A program shows the key instead of a cookie: to fetch, to open a socket, to ask for an address', async () => {
  const { serving, origin, home } = shared
  const { apiToken, port } = serving
  const authorization = `Bearer ${apiToken}`
  const get = (headers: Record<string, string>) =>
    fetch(`${origin}/`, { headers }).then(({ status }) => status)
  expect(await get({ authorization })).toBe(200)
  for (const wrong of [`Bearer ${apiToken}x`, `Basic ${apiToken}`, apiToken, 'Bearer ', 'Bearer undefined'])
    expect(await get({ authorization: wrong }), wrong).toBe(401)
  expect(await upgrade(port, { authorization })).toBe(101)
  expect(await upgrade(port, { authorization: 'Bearer x' })).toBe(403)
  expect(await upgrade(port, { authorization, origin: 'http://evil.example' })).toBe(403)
  expect(await freshAddress(home)).toMatchObject({ apiToken })
  const { address } = await freshAddress(home)
  expect((await fetch(address, { redirect: 'manual' })).status).toBe(303)
})

test('A page cannot ask for an address that another browser could use', async () => {
  const { get } = shared
  expect((await get('/address', { method: 'POST' })).status).toBe(405)
})

test('A fresh address comes of the server that was started last and is still there', async () => {
  const home = path.join(await testFolder(), 'home')
  await expect(freshAddress(home)).rejects.toMatchObject({ code: 'serve.none', parameters: { home } })
  const gone = { address: 'http://127.0.0.1:9', apiToken: 'x' }
  const note = await put(path.join(home, 'servers', '1.json'), JSON.stringify(gone))
  await put(path.join(home, 'servers', '2.json'), 'nonsense')
  await expect(freshAddress(home)).rejects.toMatchObject({ code: 'serve.none' })
  expect(await readdir(path.dirname(note))).toEqual([])
  const { serving } = await startedServe({ env: { ...process.env, THAW_HOME: home } })
  const [mine] = await readdir(path.dirname(note))
  expect((await stat(path.join(home, 'servers', mine!))).mode & 0o777).toBe(0o600)
  expect(new URL((await freshAddress(home)).address).port).toBe(String(serving.port))
  await serving.close()
  expect(await readdir(path.dirname(note))).toEqual([])
})

test('Another machine’s pages are told from those of a tunnel by their name, not by their port', async () => {
  const { serving, cookie } = shared
  const { port } = serving
  const at = (host: string, origin?: string) =>
    raw(port, { path: '/', headers: { cookie, host, ...(origin !== undefined && { origin }) } })
  expect(await at('localhost:9000', 'http://localhost:9000')).toBe(200)
  expect(await at('127.0.0.1:9000')).toBe(200)
  expect(await at('[::1]:9000', 'http://[::1]:9000')).toBe(200)
  expect(await at('LocalHost:9000')).toBe(200)
  // A page of another program on the same machine.
  expect(await at(`localhost:${port}`, 'http://localhost:9000')).toBe(403)
  expect(await at(`localhost:${port}`, 'ftp://localhost:9000')).toBe(403)
  for (const name of ['localhost.evil.example', 'evil.localhost', '127.0.0.1.evil.example', '0.0.0.0', ''])
    expect(await at(`${name}:9000`), name).toBe(403)
})

test('A name that the person gives is answered to, with a certificate before it or without', async () => {
  const { serving, cookie } = await startedServe({ names: ['photos.example', 'Other.example:8443'] })
  const at = (host: string, origin: string) =>
    raw(serving.port, { path: '/', headers: { cookie, host, origin } })
  expect(await at('photos.example', 'https://photos.example')).toBe(200)
  expect(await at('photos.example', 'http://photos.example')).toBe(200)
  expect(await at('other.example:8443', 'https://other.example:8443')).toBe(200)
  expect(await at('third.example', 'https://third.example')).toBe(403)
})

test('A server that listens everywhere is reached by this machine’s addresses, and under no other name', async () => {
  const { serving, cookie } = await startedServe({ host: '0.0.0.0' })
  const { port, address } = serving
  const { hostname } = new URL(address)
  expect(hostname).not.toBe('0.0.0.0')
  expect(await raw(port, { host: hostname, path: '/', headers: { cookie } })).toBe(200)
  expect(await raw(port, { path: '/', headers: { cookie, host: `${os.hostname()}:${port}` } })).toBe(200)
  expect(await raw(port, { path: '/', headers: { cookie, host: `evil.example:${port}` } })).toBe(403)
})

test.each([
  ['127.0.0.1', undefined, undefined],
  ['127.1.2.3', undefined, undefined],
  ['localhost', undefined, undefined],
  ['::1', undefined, undefined],
  ['localhost', ['photos.example'], /photos\.example/],
  ['0.0.0.0', undefined, /Nothing is encrypted[^]*ssh -L/],
  ['192.168.1.5', undefined, /other machines too \(192\.168\.1\.5\)/],
  ['127.0.0.1.example', undefined, /other machines/],
])('Who listens on %s, called %j, is told what that opens: %s', (host, name, told) => {
  const text = opening({ host, ...(name && { name }) })
  if (told) expect(text).toMatch(told)
  else expect(text).toBeUndefined()
})

test('The data folder is the person’s alone, whatever it was before', async () => {
  const home = path.join(await testFolder(), 'home')
  await mkdir(home)
  await chmod(home, 0o755)
  await startedServe({ env: { ...process.env, THAW_HOME: home } })
  expect((await stat(home)).mode & 0o777).toBe(0o700)
  expect((await stat(path.join(home, 'logs', 'thaw.log'))).mode & 0o777).toBe(0o600)
})

test.each(['/', '/assets/main-1234.js', '/thumb/v.0', '/download/x', '/upload', '/rpc', '/?token=wrong'])(
  'Without the cookie %s is refused',
  async (place) => {
    const { origin } = shared
    const { status, headers } = await fetch(`${origin}${place}`)
    expect(status).toBe(401)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect((await fetch(`${origin}${place}`, { headers: { cookie: 'thaw=x; thaw-1=y' } })).status).toBe(401)
  },
)

test('Pages carry a policy that allows nothing inline and nothing foreign', async () => {
  const { get } = shared
  const answer = await get('/')
  expect(await answer.text()).toContain('<title>Thaw</title>')
  const policy = answer.headers.get('content-security-policy')!
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/unsafe|\*|https?:/)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await get('/runs/some-run')).status).toBe(200)
  expect((await get('/missing.js')).status).toBe(404)
})

test('A foreign Host or Origin is refused, cookie or not', async () => {
  const { serving, cookie, origin } = shared
  const { port } = serving
  expect(await raw(port, { path: '/', headers: { cookie } })).toBe(200)
  expect(await raw(port, { path: '/', headers: { cookie, host: 'evil.example' } })).toBe(403)
  expect(await raw(port, { path: '/', headers: { cookie, host: `evil.example:${port}` } })).toBe(403)
  expect(await raw(port, { path: '/', headers: { cookie, origin: 'http://evil.example' } })).toBe(403)
  expect(await raw(port, { path: '/', headers: { cookie, origin: 'null' } })).toBe(403)
  expect(await upgrade(port, { cookie, origin })).toBe(101)
  expect(await upgrade(port, { origin })).toBe(401)
  expect(await upgrade(port, { cookie })).toBe(403)
  expect(await upgrade(port, { cookie, origin: 'http://evil.example' })).toBe(403)
  expect(await upgrade(port, { cookie, origin: `http://localhost:${port}` })).toBe(403)
  expect(await upgrade(port, { cookie, origin }, '/other')).toBe(404)
})

test.each([
  '/..%2f..%2fetc%2fpasswd',
  '/assets/..%2f..%2f..%2fhome',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/%00',
  '/%zz',
])('The address %s leads nowhere outside', async (place) => {
  const { serving, cookie } = shared
  const status = await raw(serving.port, { path: place, headers: { cookie } })
  // Either an error or the app's own page, whose router knows no such place.
  expect([200, 400, 404]).toContain(status)
})

test('Thumbnails are served by opaque id, and say no more than that if there is none', async () => {
  const { open, get, home } = shared
  const { client } = await open()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { id } = await client.call('datasets.add', { folder })
  const { photos } = await client.call('datasets.photos', { dataset: id })
  const answer = await get(`/thumb/${photos[0]!.id}?size=96`)
  expect(answer.headers.get('content-type')).toBe('image/jpeg')
  expect(answer.headers.get('cache-control')).toContain('immutable')
  expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(50)
  expect((await get(`/thumb/${photos[0]!.id}?size=7`)).status).toBe(400)
  for (const bad of ['v.0', 'd.x.y', 's.x.1', 'nonsense', 'x'.repeat(400), 's..1']) {
    const refused = await get(`/thumb/${bad}`)
    expect([400, 404]).toContain(refused.status)
    expect(await refused.text()).not.toContain(home)
  }
})

test('A dropped photo is streamed into the data folder and can be added as a dataset', async () => {
  const { get, home, origin, cookie, open } = shared
  const send = (name: string, body: string) =>
    get(`/upload?batch=b1&name=${encodeURIComponent(name)}`, {
      method: 'POST',
      body,
      headers: { cookie, origin },
    })
  const answer = await send('bees/사진 1.jpg', 'abc')
  expect(await answer.json()).toEqual({
    file: path.join(home, 'uploads', 'b1', 'bees', '사진 1.jpg'),
    folder: path.join(home, 'uploads', 'b1'),
    bytes: 3,
  })
  expect(((await (await send('bees/사진 1.jpg', 'other')).json()) as { file: string }).file).toContain('(2)')
  for (const bad of [
    '../x.jpg',
    '/etc/x.jpg',
    'a//b.jpg',
    '.hidden',
    'a/../b.jpg',
    'a\\b.jpg',
    'con.jpg',
    'x\0.jpg',
    '',
  ])
    expect((await send(bad, 'x')).status, bad).toBe(400)
  expect(
    (await get('/upload?batch=..&name=a.jpg', { method: 'POST', body: 'x', headers: { cookie, origin } }))
      .status,
  ).toBe(400)
  const { client } = await open()
  const { selection, total } = await client.call('selections.make', {
    paths: [path.join(home, 'uploads', 'b1')],
  })
  expect(total).toBe(2)
  expect((await get(`/thumb/s.${selection}.0`)).status).toBe(422)
})

/** Asks with a length that is only announced. @returns what is answered before a byte of the body is sent */
function announce(
  port: number,
  cookie: string,
  length: number,
): Promise<{ status: number; continued: boolean }> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/upload?batch=big&name=a.jpg',
      headers: { cookie, 'content-length': length, expect: '100-continue' },
    })
    let continued = false
    request.once('continue', () => {
      continued = true
      request.write('x'.repeat(length))
    })
    request.once('response', (response) => {
      response.resume()
      request.destroy()
      resolve({ status: response.statusCode!, continued })
    })
    request.once('error', reject)
    request.flushHeaders()
  })
}

test('A file that is announced too large is refused before a byte of it is sent', async () => {
  const { serving, cookie, home } = shared
  expect(await announce(serving.port, cookie, largestUpload + 1)).toEqual({ status: 413, continued: false })
  expect(await announce(serving.port, cookie, 2 ** 60)).toEqual({ status: 413, continued: false })
  await expect(stat(path.join(home, 'uploads', 'big'))).rejects.toThrow()
  expect(await announce(serving.port, cookie, 3)).toEqual({ status: 200, continued: true })
})

test('50 MB of rubbish are taken in, found to be no photo, and harm nothing', async () => {
  const { get, cookie, origin, open, home } = shared
  const options = { method: 'POST', body: rubbish(50e6), headers: { cookie, origin } }
  const answer = await get('/upload?batch=rubbish&name=class/big.jpg', options)
  const { folder, bytes } = (await answer.json()) as { folder: string; bytes: number }
  expect(bytes).toBe(50e6)
  const { client } = await open()
  await expect(client.call('datasets.add', { folder })).rejects.toMatchObject({ code: 'dataset.one-class' })
  expect(await readdir(path.join(home, 'uploads', 'rubbish'))).toEqual(['class'])
})

test('A frame that is too large, and one that is no JSON, end their own connection only', async () => {
  const { serving, cookie, origin, open } = shared
  for (const text of ['x'.repeat(9 * 2 ** 20), '{nonsense'])
    await new Promise<void>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${serving.port}/rpc`, { headers: { cookie, origin } })
      socket.once('open', () => socket.send(text))
      socket.once('close', () => resolve())
      socket.on('error', () => undefined)
    })
  const { client } = await open()
  expect(await client.call('app.info', {})).toMatchObject({ mode: 'serve' })
})

test('A port in use is told by its number; without one the next is taken', async () => {
  const { serving, home } = shared
  const options = { engine: fakeEngine(), env: { ...process.env, THAW_HOME: home } }
  const second = startServe({ port: serving.port, ...options })
  await expect(second).rejects.toMatchObject({ code: 'serve.port', parameters: { port: serving.port } })
})

test('A second start in the same data folder works beside the first', async () => {
  const first = shared
  const second = await startedServe({
    env: { ...process.env, THAW_HOME: first.home, THAW_CACHE: path.join(first.home, 'cache') },
  })
  const folder = await photosIn(path.join(first.home, 'second'), ['ants', 'bees'])
  const one = await first.open()
  const two = await second.open()
  const { id } = await one.client.call('datasets.add', { folder })
  expect((await two.client.call('datasets.list', {})).datasets.map((dataset) => dataset.id)).toContain(id)
})

test('An export can be downloaded under its name', async () => {
  const { open, get, home } = shared
  const { client } = await open()
  const folder = await photosIn(path.join(home, 'to-classify'), ['ants', 'bees'])
  const model = { backbone: 'efficientnet-lite0' }
  const { classification, job, photos } = await client.call('classify.begin', { paths: [folder], model })
  await expect.poll(async () => (await client.call('jobs.get', { job })).state).toBe('done')
  const { answers } = await client.call('classify.answers', { classification })
  expect(answers.map(({ index }) => index)).toEqual(Array.from({ length: photos }, (_, i) => i))
  const { download } = await client.call('classify.export', { classification })
  const answer = await get(`/download/${download}`)
  expect(answer.headers.get('content-disposition')).toContain('filename="to-classify.csv"')
  expect((await answer.text()).split('\n')).toHaveLength(photos + 2)
  const refused = client.call('classify.export', {
    classification,
    file: path.join(home, 'mine.csv'),
  } as never)
  await expect(refused).rejects.toMatchObject({ code: 'rpc.invalid' })
  for (const [call, input] of [
    ['files.pickSave', { name: 'x.csv' }],
    ['files.saveList', { grant: 'x', dataset: 'x' }],
    ['files.save', { grant: 'abc', download }],
    ['files.reveal', { grant: 'abc' }],
  ] as const)
    await expect(client.call(call, input as never)).rejects.toMatchObject({ code: 'refused' })
  expect((await get('/download/nothing')).status).toBe(404)
})
