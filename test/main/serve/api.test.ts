import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createClient as generate } from '@hey-api/openapi-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programCallNames } from '../../../src/shared/api/programs.ts'
import type { PlainError } from '../../../src/shared/errors.ts'
import { plainError, ThawError } from '../../../src/shared/errors.ts'
import { RateLimit } from '../../../src/main/serve/rateLimit.ts'
import { asSent } from '../../../src/main/serve/sentPhoto.ts'
import { photosIn, testFolder } from '../../support/engine/host.ts'
import type { StartedServe } from '../../support/engine/serve.ts'
import { startedServe } from '../../support/engine/serve.ts'

type Answer = Promise<{ data?: never; error?: unknown; response: Response }>
type Generated = Record<string, (options: object) => Answer>

let serve: StartedServe
let sdk: Generated
let authorization: string
let photos: string
const cleanUps: (() => Promise<void>)[] = []

beforeAll(async () => {
  const atEnd = (clean: () => Promise<void>) => cleanUps.push(clean)
  serve = await startedServe({}, atEnd)
  authorization = `Bearer ${serve.serving.apiToken}`
  const folder = await testFolder(atEnd)
  photos = await photosIn(path.join(folder, 'photos'), ['ants', 'bees'])
  const document = await fetch(`${serve.origin}/api/openapi.json`, { headers: { authorization } })
  const input = path.join(folder, 'openapi.json')
  await writeFile(input, await document.text())
  const output = path.join(folder, 'client')
  await generate({
    input,
    output,
    logs: { level: 'silent' },
    plugins: ['@hey-api/client-fetch', '@hey-api/sdk'],
  })
  const generated = (await import(path.join(output, 'sdk.gen.ts'))) as Generated
  const { client } = (await import(path.join(output, 'client.gen.ts'))) as {
    client: { setConfig: (config: object) => void }
  }
  client.setConfig({ baseUrl: serve.origin, auth: serve.serving.apiToken })
  sdk = generated
})
afterAll(async () => {
  for (const clean of cleanUps.toReversed()) await clean()
})

const call = async (name: string, body: object = {}): Promise<Record<string, never>> => {
  const { data, error } = await sdk[name]!({ body })
  if (error !== undefined) throw Object.assign(new Error('failed'), error)
  return data!
}

const model = { backbone: 'efficientnet-lite0' }
const post = (place: string, { type, ...init }: RequestInit & { type?: string } = {}) =>
  fetch(`${serve.origin}${place}`, {
    ...{ method: 'POST', ...init },
    headers: { authorization, ...(type !== undefined && { 'content-type': type }) },
  })

test('Every call for programs has a method in the client that is generated from the document', () => {
  const names = programCallNames.map((name) =>
    name.replaceAll(/\.(\w)/g, (_, it: string) => it.toUpperCase()),
  )
  expect(Object.keys(sdk)).toEqual(expect.arrayContaining(names))
})

test('A generated client classifies a folder, makes a dry run, files by its id and takes it back', async () => {
  const target = path.join(await testFolder(), 'sorted')
  const { job, classification } = await call('classifyBegin', { paths: [photos], model, name: 'by program' })
  await expect.poll(async () => (await call('jobsGet', { job })).state).toBe('done')
  const { answers } = (await call('classifyAnswers', { classification })) as unknown as { answers: unknown[] }
  expect(answers).toHaveLength(6)
  const { id: filing, acts } = await call('filingPlan', { classification, target })
  expect(acts).toBe(6)
  await expect(readdir(target)).rejects.toMatchObject({ code: 'ENOENT' })
  const ended = async (name: 'filingFile' | 'filingUndo'): Promise<unknown> => {
    const { job: begun } = await call(name, { filing })
    await expect.poll(async () => (await call('jobsGet', { job: begun })).state).toBe('done')
    return (await call('jobsGet', { job: begun })).result
  }
  expect(await ended('filingFile')).toEqual({ filing, done: 6 })
  expect(await readdir(path.join(target, 'one'))).toHaveLength(6)
  // By the same id nothing is done a second time, nor after it was taken back.
  expect(await ended('filingFile')).toEqual({ filing, done: 0 })
  expect(await readdir(path.join(target, 'one'))).toHaveLength(6)
  expect(await ended('filingUndo')).toEqual({ filing, undone: 6, kept: 0 })
  await expect(readdir(target)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await ended('filingFile')).toEqual({ filing, done: 0 })
  await expect(readdir(target)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('A photo is classified by its path, and by its bytes, of which nothing is kept', async () => {
  const photo = path.join(photos, 'train', 'ants', '0.jpg')
  expect(await call('classify', { photos: [photo], model })).toMatchObject({
    photos: [{ path: photo, top: [{ class: 'one', probability: 1 }], error: null }],
  })
  const answer = await post('/api/classify?name=mine.jpg&top=1', {
    body: await readFile(photo),
    type: 'image/jpeg',
  })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ photos: [{ path: 'mine.jpg', top: [{ class: 'one' }] }] })
  expect(await readdir(path.join(serve.home, 'uploads')).catch(() => [])).toEqual([])
})

test('Of a photo whose sender hangs up nothing is kept', async () => {
  const sending = () => readdir(path.join(serve.home, 'uploads')).catch(() => [])
  const hangUp = new AbortController()
  const body = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1000)) })
  const asked = fetch(`${serve.origin}/api/classify?name=mine.jpg`, {
    ...{ method: 'POST', headers: { authorization, 'content-type': 'image/jpeg' } },
    ...{ body, duplex: 'half', signal: hangUp.signal },
  })
  await expect.poll(sending).toHaveLength(1)
  hangUp.abort()
  await expect(asked).rejects.toThrow()
  await expect.poll(sending).toEqual([])
})

test('What cannot be read of a sent photo is told by the name that its sender gave', () => {
  const file = '/home/me/uploads/api-1/mine.jpg'
  const error = plainError(new ThawError('photo.empty', { file }))
  const photo = { index: 0, path: file, top: [], error, distance: null, taken: null }
  const answered = { model: { ...model, weights: null, labels: null }, photos: [photo] }
  const { photos: told } = asSent(answered, file, 'mine.jpg')
  expect(told).toMatchObject([
    { path: 'mine.jpg', error: { code: 'photo.empty', parameters: { file: 'mine.jpg' } } },
  ])
  expect(JSON.stringify(told)).not.toContain('/home/me')
})

test('An address that is none is told to be no call, and a form how photos are sent instead', async () => {
  const none = await post('/api/datasets/remove', { body: '{}' })
  expect(none.status).toBe(404)
  expect(await none.json()).toMatchObject({
    code: 'rpc.unknown-method',
    parameters: { method: '/api/datasets/remove' },
  })
  const form = new FormData()
  form.append('photo', new Blob(['x']), 'mine.jpg')
  const answer = await post('/api/classify', { body: form })
  expect(answer.status).toBe(400)
  expect(((await answer.json()) as PlainError).message).toContain('image/jpeg')
})

test('A failure is an object with its code, and nobody without the key gets an answer', async () => {
  await expect(call('filingFile', { filing: 'none' })).rejects.toMatchObject({ code: 'filing.missing' })
  await expect(call('classify', { photos: ['relative.jpg'] })).rejects.toMatchObject({ code: 'rpc.invalid' })
  const bare = await fetch(`${serve.origin}/api/classify`, { method: 'POST', body: '{}' })
  expect(bare.status).toBe(401)
  expect(await bare.json()).toMatchObject({ code: 'api.no-key' })
  expect((await post('/api/datasets/remove', { body: '{}' })).status).toBe(404)
  expect((await post('/api/filing/file', { body: '{"filing"' })).status).toBe(400)
  // Also what needs no input: an address that a page links to begins nothing.
  for (const place of ['classify', 'runs/list'])
    expect((await fetch(`${serve.origin}/api/${place}`, { headers: { authorization } })).status).toBe(400)
})

test('No program files photos but by a dry run’s id', async () => {
  await expect(call('filingFile', { classification: 'x', target: '/tmp/x' })).rejects.toMatchObject({
    code: 'rpc.invalid',
  })
  expect(programCallNames).not.toContain('jobs.start')
})

test('What is nested without end is told to be no call, and why, however it is closed', async () => {
  const nested = (depth: number) => `{"paths":[${'['.repeat(depth)}${']'.repeat(depth)}]}`
  const tooDeep = 'it is nested too deeply'
  for (const [body, reason] of [
    ['['.repeat(200_000), 'it is no JSON'],
    // Too deep for anything that follows it; and just deeper than any call is.
    [nested(400_000), tooDeep],
    [nested(100), tooDeep],
  ] as const) {
    const answer = await post('/api/classify/begin', { body })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'rpc.invalid', parameters: { reason } })
  }
  // It is nobody's bug.
  const told = serve.serving.host.log.tail(1000).map(({ message }) => message)
  expect(told.filter((message) => message.includes('RangeError'))).toEqual([])
})

test('A request that is too large is refused before it is read to its end', async () => {
  const body = JSON.stringify({ photos: Array.from({ length: 200_000 }, (_, i) => `/photos/${i}.jpg`) })
  const refused = await post('/api/classify', { body })
  expect(refused.status).toBe(413)
  expect(await refused.json()).toMatchObject({ code: 'api.too-large' })
})

test('A request that declares to be too large is refused at once, whatever of it arrives', async () => {
  const hangUp = new AbortController()
  const refused = await fetch(`${serve.origin}/api/jobs/list`, {
    ...{ method: 'POST', duplex: 'half', signal: hangUp.signal },
    headers: { authorization, 'content-length': String(10 ** 10) },
    body: new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('{')) }),
  })
  expect(refused.status).toBe(413)
  hangUp.abort()
})

test('A path with a zero character is said to be none', async () => {
  const [classification, target] = ['none', '/tmp/a\0b']
  for (const [name, body] of [
    ['filingPlan', { classification, target }],
    ['classify', { photos: [target] }],
    ['classifyBegin', { paths: [target] }],
  ] as const)
    await expect(call(name, body)).rejects.toMatchObject({ code: 'rpc.invalid' })
})

test('While eight calls are under way the next one is told to come again', async () => {
  const hangUp = new AbortController()
  const hanging = Array.from({ length: 8 }, () =>
    fetch(`${serve.origin}/api/classify`, {
      ...{ method: 'POST', headers: { authorization }, duplex: 'half', signal: hangUp.signal },
      body: new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('{')) }),
    }).catch(() => undefined),
  )
  const status = async () => (await post('/api/jobs/list', { body: '{}' })).status
  await expect.poll(status).toBe(429)
  hangUp.abort()
  await Promise.all(hanging)
  await expect.poll(status).toBe(200)
})

test('Too many requests at once are told when to come again', () => {
  let now = 0
  const limit = new RateLimit(() => now)
  const waits = Array.from({ length: 61 }, () => limit.take())
  expect(waits.filter((wait) => wait > 0)).toEqual([0.05])
  now = 50
  expect(limit.take()).toBe(0)
  expect(limit.take()).toBeGreaterThan(0)
})
