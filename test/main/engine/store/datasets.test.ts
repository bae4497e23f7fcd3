import { readdir, rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { slowNamesOf } from '../../../../src/main/engine/datasets/groups.ts'
import { openCatalogue } from '../../../../src/main/engine/store/catalogue.ts'
import { Datasets, readDataset, summariseDatasets } from '../../../../src/main/engine/store/datasets.ts'
import type { ScannedDataset } from '../../../../src/shared/dataset.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const placesOf = (datasets: string) => ({
  ...{ datasets, scans: folder.path('scans'), samples: folder.path('samples') },
})

const scanOf = (name: string, photos: number): ScannedDataset => ({
  ...{ folder: folder.path(name), layout: 'class-folders', classes: ['a'], unreadable: [] },
  photos: Array.from({ length: photos }, (_, i) => ({
    ...{ path: `a/${i}.jpg`, class: 0, split: 'train', bytes: 1, modified: 1, width: 8, height: 8 },
  })),
})

it('A name that is given while a scan is kept is kept, and so is what the scan found', async () => {
  const { database } = openCatalogue(folder.path('renamed.sqlite'))
  const datasets = await Datasets.open(database, placesOf(folder.path('renamed')))
  const { id } = await datasets.keep(scanOf('garden', 1))
  for (let photos = 2; photos < 12; photos += 1) {
    const name = `garden with ${photos}`
    const kept = datasets.keep(scanOf('garden', photos), id)
    // At ever another moment of it.
    for (let i = 0; i < photos - 2; i += 1) await new Promise(setImmediate)
    await Promise.all([kept, datasets.rename(id, name)])
    const stored = await datasets.get(id)
    expect([stored.name, stored.dataset.photos.length]).toEqual([name, photos])
  }
  database.close()
})

it('A dataset that is removed while it is scanned again stays removed', async () => {
  const { database } = openCatalogue(folder.path('removed.sqlite'))
  const datasets = await Datasets.open(database, placesOf(folder.path('removed')))
  const { id } = await datasets.keep(scanOf('garden', 1))
  await datasets.remove(id)
  await expect(datasets.keep(scanOf('garden', 2), id)).rejects.toMatchObject({ code: 'not-found' })
  expect(await datasets.list()).toEqual([])
  // Added again it is there.
  await datasets.keep(scanOf('garden', 2))
  expect(await datasets.list()).toHaveLength(1)
  database.close()
})

it('Of an archive that is gone it is told that it is, while what was unpacked can be used', async () => {
  const { database } = openCatalogue(folder.path('gone.sqlite'))
  const datasets = await Datasets.open(database, placesOf(folder.path('gone')))
  const source = folder.path('gone.zip')
  await put(source, 'PK')
  await put(folder.path('unpacked', 'a/1.jpg'), '')
  const { id } = await datasets.keep({ ...scanOf('unpacked', 1), source })
  const told = async () => {
    const [listed] = await datasets.list()
    expect(await datasets.summary(id)).toEqual(listed)
    return [listed!.present, listed!.missingSource]
  }
  expect(await told()).toEqual([true, null])
  await rm(source)
  expect(await told()).toEqual([true, source])
  expect((await summariseDatasets(folder.path('gone')))[0]).toMatchObject({ missingSource: source })
  await rm(folder.path('unpacked'), { recursive: true })
  expect(await told()).toEqual([false, source])
  database.close()
})

it('Whoever asks for a dataset at the same time gets one and the same: its file is read once', async () => {
  const { database } = openCatalogue(folder.path('catalogue.sqlite'))
  const open = () => Datasets.open(database, placesOf(folder.path('datasets')))
  const photo = {
    path: 'a/1.jpg',
    class: 0,
    split: 'train' as const,
    bytes: 1,
    modified: 1,
    width: 8,
    height: 8,
  }
  const { id } = await (
    await open()
  ).keep({
    ...{
      folder: folder.path('photos'),
      layout: 'class-folders',
      classes: ['a'],
      unreadable: [],
      photos: [photo],
    },
  })
  const datasets = await open()
  const [first, ...others] = await Promise.all([
    datasets.open(id),
    datasets.open(id),
    datasets.get(id),
    datasets.open(id),
  ])
  for (const other of others) expect('stored' in other ? other.stored : other).toBe(first.stored)
  expect((await datasets.open(id)).stored).toBe(first.stored)
  database.close()
})

it('What a scan has found is not read back from its file: of 100,000 photos there would be twice as many', async () => {
  const { database } = openCatalogue(folder.path('kept.sqlite'))
  const datasets = await Datasets.open(database, placesOf(folder.path('kept')))
  for (const photos of [1, 3]) {
    const kept = await datasets.keep(scanOf('garden', photos))
    const opened = await datasets.open(kept.id)
    expect(opened.stored).toBe(kept)
    // It is what the next start reads.
    expect(await readDataset(folder.path('kept'), kept.id)).toEqual(kept)
    expect(opened.browsed.photos).toHaveLength(photos)
  }
  database.close()
})

it('Groups that a pattern had no time for are looked for again at the next start', async () => {
  const { database } = openCatalogue(folder.path('slow.sqlite'))
  const places = { ...placesOf(folder.path('slow')), scans: folder.path('slowScans') }
  const open = () => Datasets.open(database, places)
  const garden = (name: string): ScannedDataset => {
    const scan = scanOf(name, 2)
    return {
      ...scan,
      photos: scan.photos.map((photo, i) => ({ ...photo, path: `a/${i}-${'a'.repeat(60)}.jpg` })),
    }
  }
  const datasets = await open()
  const { id } = await datasets.keep(garden('garden'))
  const kept = () => readdir(folder.path('slowScans'))
  expect(await kept()).toEqual([`${id}.drawing`])
  await rm(folder.path('slowScans'), { recursive: true })
  const rules = GroupRules.parse({ pattern: '(a+)+$' })
  const summary = { code: 'grouped' as const, parameters: {} }
  await datasets.decide(id, () => ({ kind: 'act', act: { type: 'groups', rules }, photos: [], summary }))
  const { stored } = await (await open()).open(id)
  expect(slowNamesOf(stored.dataset)).toBe(2)
  await expect(kept()).rejects.toMatchObject({ code: 'ENOENT' })
  database.close()
})
