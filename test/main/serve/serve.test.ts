import { readdir } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startServe } from '../../../src/main/serve.ts'
import { rubbish, fakeEngine, photosIn } from '../../support/engine/host.ts'
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
  const answer = await fetch(serving.address, { redirect: 'manual' })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/')
  expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict; Path=\//)
})

test.each(['/', '/assets/main-1234.js', '/thumb/v.0', '/download/x', '/upload', '/rpc', '/?token=wrong'])(
  'Without the cookie %s is refused',
  async (place) => {
    const { origin } = shared
    expect((await fetch(`${origin}${place}`)).status).toBe(401)
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
  expect(answer.headers.get('content-type')).toBe('image/webp')
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

test('50 MB of rubbish are taken in, found to be no photo, and harm nothing', async () => {
  const { get, cookie, origin, open, home } = shared
  const options = { method: 'POST', body: rubbish(50e6), headers: { cookie, origin } }
  const answer = await get('/upload?batch=rubbish&name=class/big.jpg', options)
  const { folder, bytes } = (await answer.json()) as { folder: string; bytes: number }
  expect(bytes).toBe(50e6)
  const { client } = await open()
  const dataset = await client.call('datasets.add', { folder })
  expect(dataset).toMatchObject({ unreadable: 1, problem: { code: 'dataset.no-photos' } })
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
  const { selection } = await client.call('selections.make', { paths: [folder] })
  const seen: number[] = []
  const { result, photos } = await client.call(
    'classify.start',
    { selection, model: { backbone: 'efficientnet-lite0' } },
    { onProgress: (answers) => seen.push(...answers.map(({ index }) => index)) },
  )
  expect(seen).toEqual(Array.from({ length: photos }, (_, i) => i))
  const { download } = await client.call('classify.export', { result })
  const answer = await get(`/download/${download}`)
  expect(answer.headers.get('content-disposition')).toContain('filename="classified.csv"')
  expect((await answer.text()).split('\n')).toHaveLength(photos + 2)
  const refused = client.call('classify.export', { result, file: path.join(home, 'mine.csv') } as never)
  await expect(refused).rejects.toMatchObject({ code: 'rpc.invalid' })
  for (const [call, input] of [
    ['files.pickSave', { name: 'x.csv' }],
    ['files.save', { grant: 'abc', download }],
    ['files.reveal', { grant: 'abc' }],
  ] as const)
    await expect(client.call(call, input as never)).rejects.toMatchObject({ code: 'refused' })
  expect((await get('/download/nothing')).status).toBe(404)
})
