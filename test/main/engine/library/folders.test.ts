import { readdir, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import type { LibraryHandlers } from '../../../../src/main/engine/library/context.ts'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
import { PhotoQuery } from '../../../../src/shared/api/datasets.ts'
import type { PhotoAct } from '../../../../src/shared/decisions.ts'
import type { z } from 'zod'
import { put } from '../../../support/folder.ts'
import { photosIn, testFolder } from '../../../support/engine/host.ts'

const context = { signal: new AbortController().signal, progress: () => undefined }

async function aLibrary(home: string) {
  const { handlers, close } = await openLibrary({ home, cache: path.join(home, 'cache') }, () => undefined)
  let isOpen = true
  const closeOnce = async () => {
    if (isOpen) await close()
    isOpen = false
  }
  onTestFinished(closeOnce)
  const call = async <M extends keyof LibraryHandlers>(name: M, input: Parameters<LibraryHandlers[M]>[0]) =>
    (await (handlers[name] as (input: unknown, given: typeof context) => unknown)(input, context)) as Awaited<
      ReturnType<LibraryHandlers[M]>
    >
  const work = (kind: 'file' | 'undo', filing: string) =>
    call('library.work', { job: 'one', kind, input: { filing } })
  return { call, work, close: closeOnce }
}
type Opened = Awaited<ReturnType<typeof aLibrary>>

/** Every file below, sorted. */
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted()

/** Photos as the room shows them: path, label and part. */
const shown = async ({ call }: Opened, dataset: string) => {
  const query = PhotoQuery.parse({ dataset })
  const { classes } = (await call('datasets.get', { dataset })).summary
  const { photos } = await call('datasets.photos', { ...query, offset: 0, limit: 200 })
  return photos
    .map((it) => [it.path, it.class === null ? null : classes[it.class], it.split, it.out] as const)
    .toSorted()
}
const decide = ({ call }: Opened, dataset: string, photos: string[], act: z.infer<typeof PhotoAct>) =>
  call('datasets.decide', { dataset, photos, act })

async function aSplitFolder() {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const library = await aLibrary(home)
  const { id } = await library.call('datasets.add', { folder })
  await decide(library, id, ['train/ants/0.jpg', 'train/ants/1.jpg'], { type: 'label', classes: ['bees'] })
  await decide(library, id, ['val/bees/2.jpg'], { type: 'part', part: 'test' })
  await decide(library, id, ['val/ants/2.jpg'], { type: 'leaveOut', out: true })
  return { home, folder, library, id }
}

test('Photos without a label are counted, those that are left out only as left out', async () => {
  const { library, id } = await aSplitFolder()
  const unlabelled = ['train/bees/0.jpg', 'train/bees/1.jpg']
  await decide(library, id, unlabelled, { type: 'label', classes: [] })
  const counts = async () => (await library.call('datasets.get', { dataset: id })).summary
  expect(await counts()).toMatchObject({ unlabelled: 2, leftOut: 1 })
  await decide(library, id, unlabelled.slice(0, 1), { type: 'leaveOut', out: true })
  expect(await counts()).toMatchObject({ unlabelled: 1, leftOut: 2 })
})

test('Labels and parts become folders when the list is carried out, not before; what is decided goes along, also to a new scan', async () => {
  const { folder, library, id } = await aSplitFolder()
  const before = await filesIn(folder)
  const plan = await library.call('filing.planFolders', { dataset: id })
  expect(plan).toMatchObject({ how: 'move', acts: 3, renamed: 2, done: 0, dataset: id })
  expect(await filesIn(folder)).toEqual(before)
  await library.work('file', plan.id)
  const wanted = [
    ['test/bees/2.jpg', 'bees', 'test', false],
    ['train/bees/0 (2).jpg', 'bees', 'train', false],
    ['train/bees/0.jpg', 'bees', 'train', false],
    ['train/bees/1 (2).jpg', 'bees', 'train', false],
    ['train/bees/1.jpg', 'bees', 'train', false],
    ['val/ants/2.jpg', 'ants', 'val', true],
  ]
  expect(await filesIn(folder)).toEqual(wanted.map(([file]) => file))
  expect(await shown(library, id)).toEqual(wanted)
  await library.call('datasets.rescan', { dataset: id })
  expect(await shown(library, id)).toEqual(wanted)
  await expect(library.call('filing.planFolders', { dataset: id })).rejects.toMatchObject({
    code: 'filing.nothing',
  })
})

test('Ctrl+Z after it puts every file back, and goes on to the labels before it; what was taken back is not moved again unseen', async () => {
  const { folder, library, id } = await aSplitFolder()
  const [files, photos] = [await filesIn(folder), await shown(library, id)]
  const plan = await library.call('filing.planFolders', { dataset: id })
  await library.work('file', plan.id)
  const undone = await library.call('datasets.undo', { dataset: id })
  expect(undone.summary).toEqual({ code: 'moved', parameters: { count: 3 } })
  expect(await filesIn(folder)).toEqual(files)
  expect(await shown(library, id)).toEqual(photos)
  await expect(library.call('datasets.redo', { dataset: id })).rejects.toMatchObject({
    code: 'act.moves-files',
  })
  for (let i = 0; i < 3; i += 1) await library.call('datasets.undo', { dataset: id })
  const labels = (await shown(library, id)).map(([file, label]) => file.split('/')[1] === label)
  expect(labels).not.toContain(false)
})

test('A crash between the moves and the journal loses no label: the next start follows the files', async () => {
  const { home, folder, library, id } = await aSplitFolder()
  const plan = await library.call('filing.planFolders', { dataset: id })
  const photos = (await shown(library, id)).map(([, label, part, out]) => [label, part, out]).toSorted()
  await library.close()
  const moving = new Filings(path.join(home, 'filings')).file(plan.id)
  await moving.next()
  await moving.next()
  await moving.return(undefined)
  const next = await aLibrary(home)
  expect(await filesIn(folder)).toContain('train/bees/1 (2).jpg')
  expect((await shown(next, id)).map(([file]) => file).toSorted()).toEqual(await filesIn(folder))
  expect((await shown(next, id)).map(([, label, part, out]) => [label, part, out]).toSorted()).toEqual(photos)
  await next.work('file', plan.id)
  expect((await shown(next, id)).map(([, label, part, out]) => [label, part, out]).toSorted()).toEqual(photos)
  expect((await next.call('datasets.history', { dataset: id, offset: 0, limit: 9 })).items).toHaveLength(5)
})

test('A flat folder gets its class folders, and every photo keeps the part that it had', async () => {
  const home = await testFolder()
  const from = await photosIn(path.join(home, 'given'), ['ants', 'bees', 'wasps'])
  await symlink(path.join(from, 'train', 'ants'), path.join(home, 'flat'))
  const library = await aLibrary(home)
  const { id } = await library.call('datasets.add', { folder: path.join(home, 'flat') })
  await decide(library, id, ['0.jpg'], { type: 'label', classes: ['red/ants'] })
  const parts = async () => (await shown(library, id)).map(([, , part]) => part)
  const before = await parts()
  const plan = await library.call('filing.planFolders', { dataset: id })
  await library.work('file', plan.id)
  expect((await shown(library, id)).map(([file, label]) => [file, label])).toEqual([
    ['1.jpg', null],
    ['red_ants/0.jpg', 'red/ants'],
  ])
  expect((await parts()).toSorted()).toEqual(before.toSorted())
  // A state before is had back where the files are now: the photo had no label then.
  await library.call('datasets.decide', { dataset: id, photos: [], act: { type: 'restore', entry: 0 } })
  expect((await shown(library, id)).map(([file, label]) => [file, label])).toEqual([
    ['1.jpg', null],
    ['red_ants/0.jpg', null],
  ])
})

test('A dataset is shown where it came from: a folder, or the list that names its photos', async () => {
  const { home, folder, library, id } = await aSplitFolder()
  const list = path.join(home, 'list.csv')
  await put(list, 'path,class\nphotos/train/bees/0.jpg,ants\nphotos/train/bees/1.jpg,bees\n')
  const listed = await library.call('datasets.add', { folder: list })
  expect(await library.call('places.find', { dataset: id })).toEqual({ path: folder })
  expect(await library.call('places.find', { dataset: listed.id })).toEqual({ path: list })
})

test('Photos of a list stay where the list says; a photo that is gone since keeps no other from going back', async () => {
  const { home, folder, library, id } = await aSplitFolder()
  const listed = 'path,class\nphotos/train/bees/0.jpg,ants\nphotos/train/bees/1.jpg,bees\n'
  await put(path.join(home, 'list.csv'), listed)
  const list = await library.call('datasets.add', { folder: path.join(home, 'list.csv') })
  await expect(library.call('filing.planFolders', { dataset: list.id })).rejects.toMatchObject({
    code: 'filing.listed',
  })
  const plan = await library.call('filing.planFolders', { dataset: id })
  await library.work('file', plan.id)
  await rm(path.join(folder, 'test', 'bees', '2.jpg'))
  await expect(library.call('datasets.undo', { dataset: id })).rejects.toMatchObject({ code: 'filing.stays' })
  expect((await shown(library, id)).map(([file]) => file)).toContain('train/ants/0.jpg')
})
