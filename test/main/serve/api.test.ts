import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createClient as generate } from '@hey-api/openapi-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programCallNames } from '../../../src/shared/api/programs.ts'
import { RateLimit } from '../../../src/main/serve/rateLimit.ts'
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
  expect(await answer.json()).toMatchObject({ photos: [{ top: [{ class: 'one' }] }] })
  expect(await readdir(path.join(serve.home, 'uploads')).catch(() => [])).toEqual([])
})

test('A failure is an object with its code, and nobody without the key gets an answer', async () => {
  await expect(call('filingFile', { filing: 'none' })).rejects.toMatchObject({ code: 'filing.missing' })
  await expect(call('classify', { photos: ['relative.jpg'] })).rejects.toMatchObject({ code: 'rpc.invalid' })
  const bare = await fetch(`${serve.origin}/api/classify`, { method: 'POST', body: '{}' })
  expect(bare.status).toBe(401)
  expect(await bare.json()).toMatchObject({ code: 'api.no-key' })
  expect((await post('/api/datasets/remove', { body: '{}' })).status).toBe(404)
  expect((await post('/api/filing/file', { body: '{"filing"' })).status).toBe(400)
  expect((await fetch(`${serve.origin}/api/classify`, { headers: { authorization } })).status).toBe(400)
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

test('Too many requests at once are told when to come again', () => {
  let now = 0
  const limit = new RateLimit(() => now)
  const waits = Array.from({ length: 61 }, () => limit.take())
  expect(waits.filter((wait) => wait > 0)).toEqual([0.05])
  now = 50
  expect(limit.take()).toBe(0)
  expect(limit.take()).toBeGreaterThan(0)
})
