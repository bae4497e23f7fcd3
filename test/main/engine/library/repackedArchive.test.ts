/** A further archive that is packed again: its photos have other paths, and what was decided about them holds. */
import { readFile, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDataset } from '../../../../src/main/engine/datasets/openDataset.ts'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
import type { PhotoAct } from '../../../../src/shared/decisions.ts'
import type { z } from 'zod'
import { dataPaths } from '../../../../src/main/engine/store/paths.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'
import { zipFile } from '../../../support/zip.ts'

const place = temporaryFolder()
const context = { signal: new AbortController().signal, progress: () => undefined }
const everything = {
  ...{ classes: [], splits: [], findings: [], outcomes: [], out: null, search: '', only: null },
  ...({ order: 'split', descending: false, groupBy: null, offset: 0, limit: 100 } as const),
}
const photos = await Promise.all([10, 80, 150, 220].map((r) => jpeg({ r, g: 120, b: 30 })))
let tries = 0

/** Whatever the archive holds now, with another time than before. */
async function pack(archive: string, ...names: string[]): Promise<void> {
  const content = Object.fromEntries(names.map((name, i) => [name, photos[i % photos.length]!]))
  await writeFile(archive, zipFile(content))
  const time = new Date(Date.now() + 2000 * (tries += 1))
  await utimes(archive, time, time)
}

/** A dataset of a folder with an archive beside it. */
async function aDataset(top = '') {
  const name = `home-${(tries += 1)}`
  const folders = { home: place.path(name), cache: place.path(name, 'cache') }
  const [own, archive] = [place.path(`${name}-own`), place.path(`${name}.zip`)]
  await put(place.path(`${name}-own`, 'ants', 'a.jpg'), photos[0]!)
  await put(place.path(`${name}-own`, 'bees', 'b.jpg'), photos[1]!)
  const more = ['bees/1.jpg', 'bees/2.jpg', 'ants/3.jpg'].map((it) => `${top}${it}`)
  await pack(archive, ...more)
  const opened = () => openLibrary(folders, () => undefined)
  const library = await opened()
  onTestFinished(library.close)
  const { handlers } = library
  const { id } = await handlers['datasets.add']({ folder: own }, context)
  await handlers['datasets.decide'](
    { dataset: id, photos: [], act: { type: 'addSource', source: archive } },
    context,
  )
  const rescan = () => handlers['datasets.rescan']({ dataset: id }, context)
  await rescan()
  const state = async () => {
    const { photos } = await handlers['datasets.photos']({ ...everything, dataset: id }, context)
    const { classes } = (await handlers['datasets.get']({ dataset: id }, context)).summary
    return photos.map((it) => ({ ...it, label: it.class === null ? null : classes[it.class]! }))
  }
  const of = async (name: string) => {
    const found = (await state()).filter(({ path }) => path.endsWith(`/${name}`))
    expect(found).toHaveLength(1)
    return found[0]!
  }
  const decide = async (name: string, act: z.infer<typeof PhotoAct>) =>
    handlers['datasets.decide']({ dataset: id, photos: [(await of(name)).path], act }, context)
  return { handlers, id, archive, folders, rescan, of, decide, more }
}

it.each(['', 'mine/'])(
  'keeps labels, parts, crops and what is left out, and undo, with “%s” at its top',
  async (top) => {
    const { handlers, id, archive, rescan, of, decide, more } = await aDataset(top)
    const box = { left: 1, top: 2, width: 4, height: 4 }
    await decide('1.jpg', { type: 'label', classes: ['ants'] })
    await decide('1.jpg', { type: 'crop', box })
    await decide('2.jpg', { type: 'part', part: 'val' })
    await decide('3.jpg', { type: 'leaveOut', out: true })
    const before = (await of('1.jpg')).path
    // One more, and one less.
    await pack(archive, ...more.filter((it) => !it.endsWith('2.jpg')), `${top}bees/4.jpg`)
    await rescan()
    expect((await of('1.jpg')).path).not.toBe(before)
    expect(await of('1.jpg')).toMatchObject({ label: 'ants', crop: box })
    expect(await of('3.jpg')).toMatchObject({ out: true })
    expect(await of('4.jpg')).toMatchObject({ label: 'bees' })
    await pack(archive, ...more)
    await rescan()
    expect(await of('2.jpg')).toMatchObject({ split: 'val' })
    for (let acts = 0; acts < 4; acts += 1) await handlers['datasets.undo']({ dataset: id }, context)
    const undone = [await of('1.jpg'), await of('3.jpg')]
    expect(undone.map(({ label, crop, out }) => [label, crop, out])).toEqual([
      ['bees', undefined, false],
      ['ants', undefined, false],
    ])
    for (let acts = 0; acts < 4; acts += 1) await handlers['datasets.redo']({ dataset: id }, context)
    expect(await of('1.jpg')).toMatchObject({ label: 'ants', crop: box })
  },
)

it('is read so by the command line too, which writes nothing down, and by a window that was open meanwhile', async () => {
  const { handlers, id, archive, folders, rescan, of, decide, more } = await aDataset()
  const other = await openLibrary(folders, () => undefined)
  onTestFinished(other.close)
  await decide('1.jpg', { type: 'label', classes: ['ants'] })
  await other.handlers['datasets.get']({ dataset: id }, context)
  await pack(archive, ...more, 'bees/4.jpg')
  const { name } = (await handlers['datasets.get']({ dataset: id }, context)).summary
  const journal = path.join(dataPaths(folders).datasets, `${id}.journal`)
  const written = await readFile(journal)
  const learnt = await openDataset(name, {
    seed: 0,
    threads: 1,
    paths: dataPaths(folders),
    onSlowNames: () => undefined,
  })
  const trained = learnt.photos.find((it) => it.path.endsWith('/1.jpg'))!
  expect([learnt.classes[trained.class], learnt.photos]).toMatchObject(['ants', { length: 6 }])
  expect(await readFile(journal)).toEqual(written)
  await rescan()
  const seen = await other.handlers['datasets.photos']({ ...everything, dataset: id }, context)
  expect(seen.photos.find((it) => it.path.endsWith('/1.jpg'))).toEqual(
    (await handlers['datasets.photos']({ ...everything, dataset: id }, context)).photos.find((it) =>
      it.path.endsWith('/1.jpg'),
    ),
  )
  expect(await of('1.jpg')).toMatchObject({ label: 'ants' })
})

it('says nothing where nothing was decided about its photos, and once where something was', async () => {
  const { archive, folders, id, rescan, decide, more } = await aDataset()
  const told = async () => {
    const lines = (await readFile(path.join(dataPaths(folders).datasets, `${id}.journal`), 'utf8')).split(
      '\n',
    )
    return lines.filter((line) => line.includes('"repacked"')).length
  }
  await decide('a.jpg', { type: 'label', classes: ['bees'] })
  await pack(archive, ...more, 'bees/4.jpg')
  await rescan()
  expect(await told()).toBe(0)
  await decide('1.jpg', { type: 'label', classes: ['ants'] })
  await pack(archive, ...more)
  await rescan()
  await rescan()
  expect(await told()).toBe(1)
})

it.each([
  ['mine/', ''],
  ['', 'mine/'],
])('keeps them when the one folder at its top comes or goes: “%s” before, “%s” then', async (top, later) => {
  const { archive, rescan, of, decide, more } = await aDataset(top)
  await decide('1.jpg', { type: 'label', classes: ['ants'] })
  await pack(archive, ...more.map((it) => `${later}${it.slice(top.length)}`))
  await rescan()
  expect(await of('1.jpg')).toMatchObject({ label: 'ants' })
})

it('a label that is mended where a photo is named as before, as a run’s answers do, is mended', async () => {
  const { handlers, id, archive, rescan, of, more } = await aDataset()
  const before = (await of('1.jpg')).path
  await handlers['datasets.decide'](
    { dataset: id, photos: [before], act: { type: 'part', part: 'val' } },
    context,
  )
  await pack(archive, ...more, 'bees/4.jpg')
  await rescan()
  const act = { type: 'label', classes: ['ants'] } as const
  const done = await handlers['datasets.decide'](
    { dataset: id, photos: [before], act: { ...act, classes: [...act.classes] } },
    context,
  )
  const { path, label } = await of('1.jpg')
  expect([done.photos, label]).toEqual([[path], 'ants'])
})
