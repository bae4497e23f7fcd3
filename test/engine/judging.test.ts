import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import sharp from 'sharp'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { enterServing } from '../../scripts/serving.ts'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { startServe } from '../../src/main/serve.ts'
import { serveMcp } from '../../src/main/serve/mcp.ts'
import type { Answer } from '../../src/shared/api/classify.ts'
import { ReviewSettings } from '../../src/shared/api/classify.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { put, temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const env = () => ({ THAW_HOME: folder.path('home'), THAW_CACHE: folder.path('cache') })
const run = (...args: string[]) => thaw([...args, '--json'], { env: env() })

interface Line {
  photo: string
  verdict: string
  answer: string | null
  /** The likeliest classes with their probabilities. */
  top: Answer[]
}

const byPhoto = (a: Pick<Line, 'photo'>, b: Pick<Line, 'photo'>) => a.photo.localeCompare(b.photo)

/** Of a table of answers: path, first class and its probability. */
const rowsOf = (csv: string) =>
  csv
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',').slice(0, 3).join())
    .toSorted()

/** A photo taken so many seconds after noon. */
async function takenAt(from: string, to: string, seconds: number): Promise<void> {
  const time = `2026:05:01 12:00:${String(seconds).padStart(2, '0')}`
  const jpeg = await sharp(await readFile(from))
    .withExif({ IFD0: { Make: 'Fujifilm' }, IFD2: { DateTimeOriginal: time } })
    .jpeg({ quality: 95 })
    .toBuffer()
  await put(to, jpeg)
}

describe.skipIf(!nativeAddon() && !process.env['CI'])('the judgement of the command line', () => {
  const mixed = folder.path.bind(undefined, 'mixed')
  let weights = ''
  let id = ''

  beforeAll(async () => {
    await drawTinyPhotos(folder.path('photos'), 48, 40)
    const settings = await tinySettings(folder.path('weights'), 'tiny-vgg')
    weights = settings.weights!
    const config = folder.path('config.json')
    await writeFile(config, JSON.stringify({ ...settings, plan: 'everything', epochs: 1 }))
    const lines = objects<{ type: string; run?: string }>(
      await run('train', folder.path('photos'), '--config', config),
    )
    id = lines.find(({ type }) => type === 'finished')!.run!
    // Bursts of three that hold photos of both classes, so that the votes change what single photos would be.
    const files = (
      await Promise.all(
        ['dark', 'light'].map(async (name) =>
          (await readdir(folder.path('photos', 'val', name))).map((file) =>
            folder.path('photos', 'val', name, file),
          ),
        ),
      )
    ).map((all) => all.slice(0, 9))
    const both = files[0]!.flatMap((file, i) => [file, files[1]![i]!])
    for (const [i, file] of both.entries())
      await takenAt(file, mixed(`${String(i).padStart(2, '0')}.jpg`), Math.floor(i / 3) * 10 + (i % 3))
    const plain = { width: 48, height: 48, channels: 3, background: '#ff00ff' } as const
    await put(mixed('stranger.png'), await sharp({ create: plain }).png().toBuffer())
  })

  async function serving() {
    const started = await startServe({ port: 0, env: { ...process.env, ...env() } })
    onTestFinished(() => started.close())
    const { connect } = await enterServing(started)
    const { client, close } = await connect()
    onTestFinished(close)
    const asked = async (name: string, input: object): Promise<unknown> => {
      const answer = await fetch(`http://127.0.0.1:${started.port}/api/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${started.apiToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      })
      return answer.json()
    }
    const downloaded = async (format: 'csv' | 'json', classification: string) => {
      const { download } = await client.call('classify.export', { classification, format })
      return (await fetch(`http://127.0.0.1:${started.port}/download/${download}`, { headers })).text()
    }
    const { headers } = await enterServing(started)
    return { client, asked, downloaded }
  }

  async function classified(client: Awaited<ReturnType<typeof serving>>['client'], model: object) {
    const begun = await client.call('classify.begin', { paths: [mixed()], model: model as never })
    await expect
      .poll(async () => (await client.call('jobs.get', { job: begun.job })).state, { timeout: 60_000 })
      .toBe('done')
    return begun.classification
  }

  /** What the window has of the same photos under these settings. */
  async function ofWindow(model: object, settings: ReviewSettings): Promise<Line[]> {
    const { client } = await serving()
    const classification = await classified(client, model)
    await client.call('classify.review', { classification, settings })
    const { answers } = await client.call('classify.answers', { classification })
    return answers
      .map(({ path: photo, verdict, answer, top }) => ({ photo, verdict, answer, top }))
      .toSorted(byPhoto)
  }
  async function ofCommand(...args: string[]): Promise<Line[]> {
    const result = await run('classify', mixed(), ...args)
    if (result.code !== 0) throw new Error(result.err + result.out)
    const lines = objects<Line>(result)
    return lines
      .map(({ photo, verdict, answer, top }) => ({ photo: path.resolve(photo), verdict, answer, top }))
      .toSorted(byPhoto)
  }

  it('is the window’s with a limit of strangers and bursts that vote together, and without', async () => {
    const flags = ['--run', id, '--promise', '70']
    const together = await ofCommand(...flags, '--strangers', '99', '--bursts')
    expect(together).toHaveLength(19)
    const settings = ReviewSettings.parse({ promise: 0.7, keep: 0.99, bursts: true })
    expect(together).toEqual(await ofWindow({ run: id }, settings))
    const alone = await ofCommand(...flags, '--strangers', 'none')
    expect(alone).toEqual(await ofWindow({ run: id }, ReviewSettings.parse({ promise: 0.7, keep: null })))
    expect(together).not.toEqual(alone)
    expect(alone.some(({ verdict }) => verdict === 'stranger')).toBe(false)
  })

  it('has one probability a photo in whichever way it is told, and so have answers that are not judged', async () => {
    const table = folder.path('told.csv')
    const told = await ofCommand('--run', id, '--strangers', 'none', '--out', table)
    const { client, asked, downloaded } = await serving()
    const [near, far] = InMemoryTransport.createLinkedPair()
    void serveMcp(client, far)
    const assistant = new Client({ name: 'test', version: '1' })
    await assistant.connect(near)
    onTestFinished(() => assistant.close())
    const byTool = async (name: string, input: Record<string, unknown>) =>
      (await assistant.callTool({ name, arguments: input })).structuredContent

    const classification = await classified(client, { run: id })
    const settings = ReviewSettings.parse({ keep: null })
    const { promised } = await client.call('classify.review', { classification, settings })
    // A temperature of one would make the two kinds of probabilities one.
    expect(Math.abs(Math.log(promised!.temperature))).toBeGreaterThan(0.01)
    const tops = (given: unknown, rows: 'answers' | 'photos') =>
      (given as Record<typeof rows, { path: string; top: Answer[] }[]>)[rows]
        .map(({ path: photo, top }) => ({ photo, top }))
        .toSorted(byPhoto)
    const judged = told.map(({ photo, top }) => ({ photo, top }))
    expect(tops(await asked('classify/answers', { classification }), 'answers')).toEqual(judged)
    expect(tops(await byTool('classify_answers', { classification }), 'answers')).toEqual(judged)
    const kept = await downloaded('csv', classification)
    expect(rowsOf(await readFile(table, 'utf8'))).toEqual(rowsOf(kept))
    const json = JSON.parse(await downloaded('json', classification)) as Line[]
    expect(json.map(({ photo, top }) => ({ photo, top })).toSorted(byPhoto)).toEqual(judged)

    const plain = (await ofCommand('--run', id)).map(({ photo, top }) => ({ photo, top }))
    const photos = plain.map(({ photo }) => photo)
    expect(plain).not.toEqual(judged)
    expect(tops(await asked('classify', { photos, model: { run: id } }), 'photos')).toEqual(plain)
    expect(tops(await byTool('classify', { photos, model: { run: id } }), 'photos')).toEqual(plain)
    const { top } = plain[0]!
    const first = (await ofCommand('--run', id, '--strangers', 'none', '--top', '1'))[0]!
    expect(first.top).toEqual(judged[0]!.top.slice(0, 1))
    expect(top.map((it) => it.class)).toEqual(judged[0]!.top.map((it) => it.class))
  })

  it('is the window’s where no validation photos say how sure is sure', async () => {
    const model = ['--backbone', 'tiny-vgg', '--weights', weights]
    const found: string[] = []
    for (const unsureBelow of [0, 1]) {
      const told = await ofCommand(...model, '--unsure-below', String(unsureBelow))
      const settings = ReviewSettings.parse({ unsureBelow })
      expect(told).toEqual(await ofWindow({ backbone: 'tiny-vgg', weights, labels: null }, settings))
      found.push([...new Set(told.map(({ verdict }) => verdict))].join())
    }
    expect(found).toEqual(['sure', 'unsure'])
  })

  it('refuses a limit that is none, in words', async () => {
    for (const [flag, value] of [
      ['--strangers', 'many'],
      ['--strangers', '20'],
      ['--unsure-below', '1.5'],
    ] as const) {
      const { code, err } = await thaw(['classify', mixed(), '--run', id, flag, value], { env: env() })
      expect([code, err]).toEqual([2, expect.stringContaining('It has to be a number from')])
    }
  })
})
