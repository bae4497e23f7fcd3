/**
 * `npm run bench:thumbnails`: how long a person waits for photos, and for a stop, while VGG16 is trained with all its layers
 * learning. Everything goes through serve mode, as in a browser; every thumbnail is made anew.
 */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureSetup } from '../scripts/setup/ensure.ts'
import { enterServing } from '../scripts/serving.ts'
import { startServe } from '../src/main/serve.ts'
import { RunConfig } from '../src/shared/config.ts'
import { contract } from '../src/shared/contract.ts'
import type { Client } from '../src/shared/rpc.ts'
import { limited } from './photos.ts'
import { formulaWeights } from './weights.ts'

type Api = Client<typeof contract>

/** What a thumbnail may take while a network is trained, in milliseconds, for 95 of 100. */
const target = 200
/** Photos of one screen of the grid, which a browser asks for at once, six at a time. */
const screen = 24
const connections = 6
const screens = 4
const singles = 40
const trainedPhotos = 64

interface Times {
  work: string
  count: number
  p50: number
  p95: number
  longest: number
}

function timesOf(work: string, milliseconds: readonly number[]): Times {
  const sorted = milliseconds.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1]!)
  return { work, count: sorted.length, p50: at(0.5), p95: at(0.95), longest: at(1) }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Runs the work on all items, so many at a time. @returns milliseconds from the common start to each one's end */
async function together<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<number[]> {
  const began = performance.now()
  const queue = [...items]
  const ends: number[] = []
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item)
      ends.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return ends
}

/** Tells when training batches end, as events say. */
function batchEnds(api: Api): { next: () => Promise<number>; seconds: () => number } {
  const ends: number[] = []
  let waiting: (() => void)[] = []
  api.on('run.events', ({ events }) => {
    if (!events.some((event) => event.type === 'batch')) return
    ends.push(performance.now())
    for (const resolve of waiting.splice(0)) resolve()
  })
  return {
    next: async () => {
      await new Promise<void>((resolve) => (waiting = [...waiting, resolve]))
      return ends.at(-1)!
    },
    seconds: () => (ends.at(-1)! - ends[0]!) / Math.max(1, ends.length - 1) / 1000,
  }
}

async function main(): Promise<number> {
  await ensureSetup()
  const photos = path.join(import.meta.dirname, '..', '..', 'shared', 'data', 'hymenoptera')
  if (!existsSync(photos)) {
    console.error(`The benchmark needs the recipe's photos in ${photos}.`)
    return 3
  }
  const folder = path.join(os.tmpdir(), 'thaw-bench')
  const home = path.join(folder, 'home-thumbnails')
  await rm(home, { recursive: true, force: true })
  await mkdir(home, { recursive: true })
  const weights = path.join(folder, 'vgg16.pth')
  await formulaWeights('vgg16', weights)

  const serving = await startServe({
    port: 0,
    env: { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') },
  })
  const { origin, headers, connect } = await enterServing(serving)
  const { client: api, close } = await connect()

  const seen = await api.call('datasets.add', { folder: photos })
  const few = await api.call('datasets.add', {
    folder: await limited(photos, trainedPhotos, path.join(folder, `photos-${trainedPhotos}`)),
  })
  const page = () => api.call('datasets.photos', { dataset: seen.id, limit: 500 })
  const ids = (await page()).photos.map(({ id }) => id)
  const picture = async (id: string) => {
    const answer = await fetch(`${origin}/thumb/${id}`, { headers })
    if (!answer.ok) throw new Error(await answer.text())
    await answer.arrayBuffer()
  }
  const take = (count: number) => ids.splice(0, count)

  const idle: number[] = []
  for (const id of take(singles)) idle.push(await timed(() => picture(id)))

  const config = RunConfig.parse({ backbone: 'vgg16', weights, plan: 'recipe', epochs: 20 })
  const batches = batchEnds(api)
  const { run } = await api.call('train.start', { dataset: few.id, config })
  console.error('Waiting for VGG16’s first training batch …')
  await batches.next()

  const alone: number[] = []
  const pages: number[] = []
  const again: number[] = []
  const scrolled: number[] = []
  for (const id of take(singles)) {
    alone.push(await timed(() => picture(id)))
    again.push(await timed(() => picture(id)))
    pages.push(await timed(page))
    await sleep(100)
  }
  for (let i = 0; i < screens; i += 1) {
    scrolled.push(...(await together(take(screen), connections, picture)))
    await sleep(500)
  }
  await batches.next()
  await sleep(200)
  const stop = await timed(() => api.call('train.stop', { run }))
  const batch = batches.seconds()
  close()
  await serving.close()
  await rm(home, { recursive: true, force: true })

  const rows = [
    timesOf('A new thumbnail, nothing else at work', idle),
    timesOf('A new thumbnail while VGG16 is trained', alone),
    timesOf('The same again', again),
    timesOf('A page of 500 photos', pages),
    timesOf(`${screen} new thumbnails at once, each from the moment all were asked for`, scrolled),
  ]
  for (const row of rows) console.log(JSON.stringify(row))
  console.log(
    JSON.stringify({
      work: 'Stop',
      milliseconds: Math.round(stop),
      batchMilliseconds: Math.round(batch * 1000),
    }),
  )
  return rows[1]!.p95 <= target && stop <= 2 * batch * 1000 ? 0 : 1
}

process.exit(await main())
