import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { retrainHead } from '../../src/main/engine/bank/runHeads.ts'
import { forTraining } from '../../src/main/engine/datasets/openDataset.ts'
import { evaluateRun } from '../../src/main/engine/evaluation/evaluateRun.ts'
import { openLibrary } from '../../src/main/engine/library/open.ts'
import { readOpened } from '../../src/main/engine/store/datasets.ts'
import { readRecord, recordFile } from '../../src/main/engine/store/runFolder.ts'
import { fork } from '../../src/main/engine/training/fork.ts'
import { resume, train } from '../../src/main/engine/training/train.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { datasetOfRun, originOfSummary } from '../../src/shared/belonging.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const place = temporaryFolder()
const home = () => place.path('home')
const folders = () => ({ home: home(), cache: home() })
const context = { signal: new AbortController().signal, progress: () => undefined }

async function aLibrary() {
  const { handlers, close } = await openLibrary(folders(), () => undefined)
  onTestFinished(close)
  const all = async () => (await handlers['datasets.list']({}, context)).datasets
  const runs = async () => (await handlers['runs.list']({}, context)).runs
  const runsOf = async (dataset: string) => {
    const datasets = await all()
    const of = (await runs()).filter((run) => datasetOfRun(originOfSummary(run), datasets)?.id === dataset)
    return of.map(({ name }) => name).sort()
  }
  return { handlers, all, runsOf }
}

/** Trains on the dataset as the person has it. @returns the run's folder */
async function learn(id: string, name: string): Promise<string> {
  const settings = await tinySettings(place.path('weights'), 'tiny-vgg')
  const config = RunConfig.parse({ ...settings, plan: 'everything', epochs: 1, keepEvery: 1 })
  const dataset = forTraining(await readOpened(place.path('home', 'datasets'), id), config.seed)
  const folder = place.path('home', 'runs', name)
  const types: string[] = []
  for await (const { type } of train({ home: home(), folder, dataset, config, name })) types.push(type)
  expect(types.at(-1)).toBe('finished')
  return folder
}

/** As a run of before, which has written down no id. */
async function withoutId(folder: string): Promise<void> {
  const { dataset, ...record } = await readRecord(folder)
  const { id, ...before } = dataset
  expect(id).toMatch(/^[0-9a-f]{16}$/)
  await writeFile(path.join(folder, recordFile), JSON.stringify({ ...record, dataset: before }))
}

describe.skipIf(!nativeAddon() && !process.env['CI'])('A dataset that is moved', () => {
  const [from, to] = ['photos', 'elsewhere']
  let id = ''
  let former = ''

  beforeAll(async () => {
    await drawTinyPhotos(place.path(from), 12, 8)
    await mkdir(home(), { recursive: true })
    const { handlers, close } = await openLibrary(folders(), () => undefined)
    former = (await handlers['datasets.add']({ folder: place.path(from) }, context)).id
    await learn(former, 'new')
    await withoutId(await learn(former, 'old'))
    await rename(place.path(from), place.path(to))
    const moved = { dataset: former, folder: place.path(to) }
    id = (await handlers['datasets.rescan'](moved, context)).id
    await close()
  })

  it('keeps its runs, also those that have written down no id, in the room and since a run', async () => {
    const { handlers, runsOf } = await aLibrary()
    expect(id).not.toBe(former)
    expect(await runsOf(id)).toEqual(['new', 'old'])
    const newest = (await handlers['runs.list']({}, context)).runs[0]!
    expect((await handlers['datasets.relations']({ dataset: id }, context)).run).toMatchObject({
      id: newest.id,
    })
    for (const { id: run } of (await handlers['runs.list']({}, context)).runs) {
      const since = await handlers['datasets.since']({ dataset: id, run }, context)
      expect({ ...since, entry: 0 }).toMatchObject({ gone: [], added: [], relabelled: [] })
      const details = await handlers['runs.get']({ run }, context)
      expect(details.dataset).toMatchObject({ folder: place.path(to), place: place.path(to) })
      const watched = await handlers['runs.watched']({ run }, context)
      expect(watched.photos.length).toBeGreaterThan(0)
      expect(watched.photos.every(({ picture }) => picture !== null)).toBe(true)
    }
  })

  it.each(['new', 'old'])(
    'has the photos that run “%s” is evaluated, learnt again and gone on with',
    async (run) => {
      const folder = place.path('home', 'runs', run)
      const evaluated = await evaluateRun({ home: home(), run, part: 'val' })
      expect(evaluated).toMatchObject({ folder: place.path(to), failed: 0 })
      const head = await retrainHead({ folders: folders(), run })
      expect((await readRecord(head.folder)).dataset).toMatchObject({ folder: place.path(to), id: former })
      const changes = { epochs: 2 }
      const forked = await fork({ home: home(), from: folder, epoch: 1, changes, name: `${run} 2` })
      expect((await readRecord(forked)).dataset).toMatchObject({ folder: place.path(to), id: former })
      const types: string[] = []
      for await (const { type } of resume(forked, { home: home() })) types.push(type)
      expect(types.at(-1)).toBe('finished')
      const told = await thaw(['evaluate', 'photos', '--run', run, '--json'], { env: { THAW_HOME: home() } })
      expect(objects<{ total: number }>(told)[0]).toMatchObject({ total: 8 })
    },
  )

  it('is not taken for another one that comes to its former place, before and after both were removed and added again', async () => {
    await cp(place.path(to), place.path(from), { recursive: true })
    const { handlers, runsOf } = await aLibrary()
    const add = async (name: string) =>
      (await handlers['datasets.add']({ folder: place.path(name) }, context)).id
    const other = await add(from)
    const before = await runsOf(id)
    expect(before).toContain('old')
    expect(await runsOf(other)).toEqual([])
    await learn(other, 'of the other')
    expect(await runsOf(other)).toEqual(['of the other'])
    for (const dataset of [id, other]) await handlers['datasets.remove']({ dataset }, context)
    expect([await add(to), await add(from)]).toEqual([id, other])
    expect(await runsOf(id)).toEqual(before)
    expect(await runsOf(other)).toEqual(['of the other'])
  })

  it('keeps them where it is moved on, and back to where it began', async () => {
    const { handlers, runsOf } = await aLibrary()
    const move = async (dataset: string, next: string) =>
      (await handlers['datasets.rescan']({ dataset, folder: place.path(next) }, context)).id
    const before = await runsOf(id)
    await rename(place.path(to), place.path('third'))
    const third = await move(id, 'third')
    expect(await runsOf(third)).toEqual(before)
    await handlers['datasets.remove']({ dataset: former }, context)
    await rename(place.path(from), place.path('away'))
    await rename(place.path('third'), place.path(from))
    expect(await move(third, from)).toBe(former)
    expect(await runsOf(former)).toEqual(before)
    expect(
      JSON.parse(await readFile(place.path('home', 'datasets', `${former}.past`), 'utf8')),
    ).toMatchObject({
      past: { lasting: former },
    })
  })
})
