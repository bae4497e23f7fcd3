/**
 * `node scripts/node24.mjs bench/photoRoom.ts [PHOTOS]`: what the photo room costs in the library, on a dataset of so many photos
 * (default 100,000) that are only listed. One JSON object a row.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { enter } from '../src/main/engine/environment.ts'
import { openLibrary } from '../src/main/engine/library/open.ts'
import type { ScannedDataset, ScannedPhoto } from '../src/shared/dataset.ts'

enter(process.env)

const photos = Number(process.argv[2] ?? 100_000)
const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-bench-'))
const row = (work: string, more: Record<string, number>) => console.log(JSON.stringify({ work, ...more }))

/** What the main thread has computed since then, milliseconds. */
const computed = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(since)
  return Math.round((user + system) / 1000)
}

/** By the clock, what came of it, and by the processor: on a busy machine only that says something. */
async function timed<T>(work: () => T | Promise<T>): Promise<[number, T, number]> {
  const [from, since] = [performance.now(), process.threadCpuUsage()]
  const value = await work()
  return [Math.round(performance.now() - from), value, computed(since)]
}

const listed = (i: number): ScannedPhoto => ({
  path: `class-${i % 50}/${String(i).padStart(6, '0')}.jpg`,
  class: i % 50,
  split: i % 5 === 0 ? 'val' : 'train',
  bytes: 100_000 + (i % 977),
  modified: 1_700_000_000_000 + i,
  width: 640,
  height: 480,
  hash: i.toString(16).padStart(64, '0'),
  taken: 1_700_000_000_000 + i * 60_000,
  camera: 'Canon EOS R5',
})

async function room(): Promise<void> {
  const names = Array.from({ length: 50 }, (_, i) => `class-${i}`).sort()
  const dataset: ScannedDataset = {
    ...{ folder: path.join(home, 'listed'), layout: 'class-folders', classes: names, unreadable: [] },
    photos: Array.from({ length: photos }, (_, i) => ({
      ...listed(i),
      class: names.indexOf(`class-${i % 50}`),
    })),
  }
  await mkdir(path.join(home, 'datasets'), { recursive: true })
  const now = new Date().toISOString()
  const stored = { id: 'bench', name: 'bench', added: now, scanned: now, dataset }
  await writeFile(path.join(home, 'datasets', 'bench.json'), JSON.stringify(stored))
  const [indexing] = await timed(async () =>
    (await openLibrary({ home, cache: home }, () => undefined)).close(),
  )
  row('index a dataset that the catalogue lacks', { ms: indexing })
  const [opening, { handlers }] = await timed(() => openLibrary({ home, cache: home }, () => undefined))
  const context = { signal: new AbortController().signal, progress: () => undefined } as never
  const query = {
    ...{
      dataset: 'bench',
      classes: [],
      splits: [],
      findings: [],
      outcomes: [],
      out: null,
      search: '',
      only: null,
    },
    ...({ order: 'split', descending: false, groupBy: null } as const),
  }
  const page = { offset: 0, limit: 200 }
  const [first] = await timed(() => handlers['datasets.photos']({ ...query, ...page }, context))
  row('open again', { library: opening, firstPage: first })
  const ask = async (name: string, more: object) => {
    const [ms, , processor] = await timed(() =>
      handlers['datasets.photos']({ ...query, ...page, ...more }, context),
    )
    row(name, { ms, processor })
  }
  await ask('sort by name', { order: 'name' })
  await ask('sort by time taken', { order: 'taken' })
  await ask('filter by text', { search: '0001' })
  const [counting, , counted] = await timed(() =>
    handlers['datasets.counts']({ ...query, search: '1' }, context),
  )
  row('count under filters', { ms: counting, processor: counted })
  const paths = dataset.photos.slice(0, 10_000).map((photo) => photo.path)
  const act = { type: 'label' as const, classes: ['ants'] }
  const [relabelling, , relabelled] = await timed(() =>
    handlers['datasets.decide']({ dataset: 'bench', photos: paths, act }, context),
  )
  row('relabel 10,000', { ms: relabelling, processor: relabelled })
  row('library', { mebibytes: Math.round(process.memoryUsage().rss / 2 ** 20) })
}

try {
  await room()
} finally {
  await rm(home, { recursive: true, force: true })
}
