import type { WorkProgress } from '../../../../src/shared/api/jobs.ts'
import { link, mkdir, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { z } from 'zod'
import { differsFromDisk } from '../../../../src/main/engine/datasets/watchSources.ts'
import { Lock } from '../../../../src/main/engine/lock.ts'
import { timmNames } from '../../../../src/main/engine/weights/names/timm.ts'
import { writeSafetensors } from '../../../../src/main/engine/weights/safetensors-writer.ts'
import { lockOf } from '../../../../src/main/engine/store/runFolder.ts'
import { readDataset } from '../../../../src/main/engine/store/datasets.ts'
import { Findings } from '../../../../src/main/engine/store/findings.ts'
import { Relations } from '../../../../src/main/engine/store/relations.ts'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
import type { LibraryHandlers } from '../../../../src/main/engine/library/context.ts'
import { Settings } from '../../../../src/shared/api/app.ts'
import { starterModel } from '../../../../src/shared/api/features.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { sizeOf, tensorsOfNetwork } from '../../../../src/shared/model/layers.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'
import { decodePhoto } from '../../../../src/main/engine/photos/decode.ts'
import { augment } from '../../../../src/main/engine/preprocess/augment/augment.ts'
import { randomOf, trainingRequest } from '../../../../src/main/engine/preprocess/views.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { photosIn, testFolder } from '../../../support/engine/host.ts'
import { aRecord, planEvent } from '../../../support/engine/records.ts'
import { put } from '../../../support/folder.ts'

const context = { signal: new AbortController().signal, progress: () => undefined }

/** Also what is thrown at once becomes a promise that rejects, as over a wire. */
const invoke = (work: () => unknown) => new Promise((resolve) => resolve(work()))

interface Opened {
  call: <M extends keyof LibraryHandlers>(
    name: M,
    input: Parameters<LibraryHandlers[M]>[0],
  ) => Promise<Awaited<ReturnType<LibraryHandlers[M]>>>
  close: () => Promise<void>
  events: string[]
  /** What was told of decisions. */
  told: unknown[]
}

interface Asking {
  signal: AbortSignal
  progress: () => void
}

async function aLibrary(home: string, asking: Asking = context): Promise<Opened> {
  const events: string[] = []
  const told: unknown[] = []
  const { handlers, close } = await openLibrary({ home, cache: path.join(home, 'cache') }, (event, data) => {
    events.push(event)
    if (event === 'datasets.decided') told.push(data)
  })
  let open = true
  const closeOnce = async () => {
    if (open) await close()
    open = false
  }
  onTestFinished(closeOnce)
  const call = (name: keyof LibraryHandlers, input: unknown): unknown =>
    invoke(() => (handlers[name] as (input: unknown, given: Asking) => unknown)(input, asking))
  return { call: call as Opened['call'], close: closeOnce, events, told }
}

/** What the job does. */
const addRun = async (call: Opened['call'], folder: string): Promise<unknown> =>
  (await call('library.work', { job: 'one', kind: 'addRun', input: { folder } })).result

const everything = {
  ...{ classes: [], splits: [], findings: [], outcomes: [], out: null, search: '', only: null },
  ...({ order: 'split', descending: false, groupBy: null, offset: 0, limit: 200 } as const),
}

test('A folder is added, listed, filtered, renamed and forgotten; its photos stay', async () => {
  const home = await testFolder()
  const { call, events } = await aLibrary(home)
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const added = await call('datasets.add', { folder })
  expect(added).toMatchObject({ name: 'photos', train: [2, 2], val: [1, 1], present: true, problem: null })
  // More than once on a busy machine, where what is known so far is told.
  expect(new Set(events)).toEqual(new Set(['datasets.changed']))
  const dataset = added.id
  expect(
    (await call('datasets.photos', { dataset, ...everything, classes: [1], splits: ['train'] })).total,
  ).toBe(2)
  expect((await call('datasets.photos', { dataset, ...everything, search: 'ANTS/0' })).total).toBe(1)
  const page = await call('datasets.photos', { dataset, ...everything, offset: 4, limit: 1 })
  expect(page).toMatchObject({ total: 6, photos: [{ index: 4, path: 'val/ants/2.jpg', split: 'val' }] })
  await call('datasets.rename', { dataset, name: 'Insects' })
  await call('datasets.add', { folder })
  expect((await call('datasets.list', {})).datasets).toMatchObject([{ id: dataset, name: 'Insects' }])
  await call('datasets.remove', { dataset })
  expect((await call('datasets.list', {})).datasets).toEqual([])
  expect((await call('datasets.add', { folder })).train).toEqual([2, 2])
})

test('Of a folder that can never be trained on no dataset is made, and it is said why', async () => {
  const home = await testFolder()
  const { call, events } = await aLibrary(home)
  const none = path.join(home, 'none')
  await put(path.join(none, 'readme.txt'), 'no photo')
  await expect(call('datasets.add', { folder: none })).rejects.toMatchObject({ code: 'dataset.no-photos' })
  // More than a person is first shown of a scan that goes on.
  const one = await photosIn(path.join(home, 'one'), ['ants'], 60)
  await expect(call('datasets.add', { folder: one })).rejects.toMatchObject({
    code: 'dataset.one-class',
    parameters: { class: 'ants' },
  })
  expect((await call('datasets.list', {})).datasets).toEqual([])
  // Nor was there one for a while.
  expect(events).not.toContain('datasets.changed')
})

test('A folder that is gone at the next start is shown as gone, and found again where it is now', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const first = await aLibrary(home)
  const { id } = await first.call('datasets.add', { folder })
  await first.close()
  await rename(folder, path.join(home, 'moved'))
  const { call } = await aLibrary(home)
  expect((await call('datasets.list', {})).datasets).toMatchObject([{ id, present: false }])
  await expect(call('datasets.rescan', { dataset: id })).rejects.toMatchObject({ code: 'dataset.missing' })
  const found = await call('datasets.rescan', { dataset: id, folder: path.join(home, 'moved') })
  expect(found).toMatchObject({ name: 'photos', present: true })
  expect((await call('datasets.list', {})).datasets).toHaveLength(1)
})

test('Where the folder of a dataset is moved, its network, what was dismissed and how its photos lie to each other go along', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call, events } = await aLibrary(home)
  const { id: before } = await call('datasets.add', { folder })
  await call('features.choose', { dataset: before, model: { run: 'r1' } })
  // Other windows follow.
  expect(events).toContain('features.changed')
  const photo = 'train/ants/0.jpg'
  await new Findings(path.join(home, 'findings')).keep(
    before,
    [{ finding: 'likely-mislabel', photos: [photo], detail: {} }],
    { model: starterModel, backbone: starterModel.backbone },
  )
  const [finding] = (await call('findings.get', { dataset: before })).findings
  await call('findings.dismiss', { dataset: before, findings: [finding!.id], dismissed: true })
  await new Relations(path.join(home, 'cache', 'relations')).keepMap(before, {
    by: { model: starterModel, backbone: starterModel.backbone },
    computed: '2026-01-01T00:00:00.000Z',
    paths: [photo],
    keys: [`path:${photo}`],
    positions: Float32Array.of(1, 2),
  })
  await rename(folder, path.join(home, 'moved'))
  const { id } = await call('datasets.rescan', { dataset: before, folder: path.join(home, 'moved') })
  expect(await call('features.chosen', { dataset: id })).toEqual({ model: { run: 'r1' } })
  expect(await call('features.chosen', { dataset: before })).toEqual({ model: null })
  expect((await call('findings.get', { dataset: id })).findings).toMatchObject([{ dismissed: true }])
  expect((await call('datasets.relations', { dataset: id })).map).toMatchObject({ model: starterModel })
})

test('A dataset cannot be said to be where another one is, whose decisions would be gone', async () => {
  const home = await testFolder()
  const [ours, theirs] = [path.join(home, 'ours'), path.join(home, 'theirs')]
  for (const folder of [ours, theirs]) await photosIn(folder, ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const [{ id: our }, { id: their }] = [
    await call('datasets.add', { folder: ours }),
    await call('datasets.add', { folder: theirs }),
  ]
  const act = { type: 'leaveOut', out: true } as const
  for (const [dataset, file] of [
    [our, 'train/ants/0.jpg'],
    [their, 'val/bees/2.jpg'],
  ] as const)
    await call('datasets.decide', { dataset, photos: [file], act })
  await expect(call('datasets.rescan', { dataset: our, folder: theirs })).rejects.toMatchObject({
    code: 'dataset.present',
    parameters: { folder: theirs, name: 'theirs' },
  })
  const left = async (dataset: string) =>
    (await call('datasets.photos', { ...everything, dataset, out: true })).photos.map((it) => it.path)
  expect([await left(our), await left(their)]).toEqual([['train/ants/0.jpg'], ['val/bees/2.jpg']])
  // Where it is itself it may always be read again.
  expect(await call('datasets.rescan', { dataset: our, folder: ours })).toMatchObject({ id: our, leftOut: 1 })
  // Once it is off the list its place is free.
  await call('datasets.remove', { dataset: their })
  expect(await call('datasets.rescan', { dataset: our, folder: theirs })).toMatchObject({ name: 'ours' })
  expect(await left(their)).toEqual(['train/ants/0.jpg'])
})

test('Where the folder of a dataset is moved, decisions about photos of its further sources hold, and can be taken back', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const source = await photosIn(path.join(home, 'further', 'away'), ['wasps'])
  const { call } = await aLibrary(home)
  const { id: first } = await call('datasets.add', { folder })
  await call('datasets.decide', { dataset: first, photos: [], act: { type: 'addSource', source } })
  await call('datasets.rescan', { dataset: first })
  const outside = async (dataset: string) => {
    const { photos } = await call('datasets.photos', { ...everything, dataset })
    const { classes } = (await call('datasets.get', { dataset })).summary
    return photos
      .filter((photo) => photo.path.startsWith('../'))
      .map((photo) => [photo.path, photo.class === null ? null : classes[photo.class], photo.out])
  }
  const [[photo]] = (await outside(first)) as [[string]]
  expect(photo).toMatch(/^\.\.\/further\/away\/train\/wasps\//)
  const decide = (act: { type: 'label'; classes: string[] } | { type: 'leaveOut'; out: boolean }) =>
    call('datasets.decide', { dataset: first, photos: [photo], act })
  await decide({ type: 'label', classes: ['bees'] })
  await decide({ type: 'leaveOut', out: true })

  // Twice, and the second time back: paths are not moved on from where they are already.
  let id = first
  for (const place of ['deep/er/down', 'photos', 'else']) {
    const before = path.join(home, id === first ? 'photos' : place === 'photos' ? 'deep/er/down' : 'photos')
    await mkdir(path.dirname(path.join(home, place)), { recursive: true })
    await rename(before, path.join(home, place))
    ;({ id } = await call('datasets.rescan', { dataset: id, folder: path.join(home, place) }))
    const now = path.relative(path.join(home, place), path.join(home, 'further', 'away'))
    const own = (await outside(id)).find(([, , out]) => out === true)
    expect(own).toEqual([`${now}/${photo.split('/').slice(3).join('/')}`, 'bees', true])
  }
  await call('datasets.undo', { dataset: id })
  expect((await outside(id)).filter(([, label, out]) => label === 'bees' && out === false)).toHaveLength(1)
  await call('datasets.undo', { dataset: id })
  expect((await outside(id)).every(([, label]) => label === 'wasps')).toBe(true)
  await call('datasets.redo', { dataset: id })
  expect((await outside(id)).filter(([, label]) => label === 'bees')).toHaveLength(1)
})

test('Who names the act that is to be taken back takes back no other one', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const { id } = await call('datasets.add', { folder })
  const { photos } = await call('datasets.photos', { ...everything, dataset: id })
  const leaveOut = (index: number) =>
    call('datasets.decide', {
      ...{ dataset: id, photos: [photos[index]!.path] },
      act: { type: 'leaveOut', out: true },
    })
  const mine = await leaveOut(0)
  const another = await leaveOut(1)
  const left = async () =>
    (await call('datasets.photos', { ...everything, dataset: id })).photos.filter((it) => it.out).length

  const takeBack = (entry: number) => call('datasets.undo', { dataset: id, entry })
  await expect(takeBack(mine.entry)).rejects.toMatchObject({ code: 'act.not-last' })
  expect(await left()).toBe(2)
  await takeBack(another.entry)
  await takeBack(mine.entry)
  expect(await left()).toBe(0)
  await expect(takeBack(mine.entry)).rejects.toMatchObject({ code: 'act.nothing-to-undo' })
  for (const done of [mine, another]) {
    await call('datasets.redo', { dataset: id })
    expect(done.photos).toHaveLength(1)
  }
  expect(await left()).toBe(2)
  await expect(call('datasets.redo', { dataset: id })).rejects.toMatchObject({ code: 'act.nothing-to-redo' })
})

test('What names a photo that a dataset does not have is refused', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  await expect(call('photos.similar', { dataset, photo: 'ants/none.jpg' })).rejects.toMatchObject({
    code: 'photos.unknown',
    parameters: { count: 1, photo: 'ants/none.jpg' },
  })
})

test('Many photos are cropped like one, in one act that is taken back as a whole', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  const shown = async () => (await call('datasets.photos', { ...everything, dataset })).photos
  const [one, ...others] = await shown()
  const box = { left: 1, top: 1, width: one!.width - 2, height: one!.height - 2 }
  const paths = others.map((photo) => photo.path)
  const { photos, summary } = await call('datasets.cropAlike', { dataset, photos: paths, of: one!.path, box })
  expect([photos, summary]).toEqual([paths, { code: 'cropped', parameters: { count: paths.length } }])
  const cropped = await shown()
  expect(cropped.filter((photo) => photo.crop).map((photo) => photo.path)).toEqual(paths)
  await call('datasets.undo', { dataset })
  expect((await shown()).filter((photo) => photo.crop)).toEqual([])
  await call('datasets.redo', { dataset })
  expect(await shown()).toEqual(cropped)
})

test('A split whose shares leave nothing to train with is refused, and changes nothing', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  const before = await call('datasets.photos', { ...everything, dataset })
  await expect(call('datasets.drawSplit', { dataset, val: 0.5, test: 0.5, seed: 1 })).rejects.toMatchObject({
    code: 'split.shares',
  })
  expect(await call('datasets.photos', { ...everything, dataset })).toEqual(before)
})

test('Where nothing has a label no split is drawn, and keywords that no photo carries label none', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  const photos = (await call('datasets.photos', { ...everything, dataset })).photos.map((it) => it.path)
  await call('datasets.decide', { dataset, photos, act: { type: 'leaveOut', out: true } })
  await expect(call('datasets.drawSplit', { dataset, val: 0.2, test: 0, seed: 1 })).rejects.toMatchObject({
    code: 'split.nothing',
  })
  await expect(call('datasets.labelByKeywords', { dataset, classes: { sun: 'ants' } })).rejects.toMatchObject(
    {
      code: 'keywords.no-photo',
    },
  )
})

test('A split is drawn of the photos that are used, and a photo that is named twice is cropped once', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  const paths = (await call('datasets.photos', { ...everything, dataset })).photos.map((it) => it.path)
  const [first, second, ...others] = paths
  await call('datasets.decide', { dataset, photos: [first!], act: { type: 'leaveOut', out: true } })
  await call('datasets.decide', { dataset, photos: [second!], act: { type: 'label', classes: [] } })
  const { photos } = await call('datasets.drawSplit', { dataset, val: 0.2, test: 0, seed: 1 })
  expect(photos.toSorted()).toEqual(others.toSorted())
  const box = { left: 0, top: 0, width: 8, height: 8 }
  const cropped = await call('datasets.cropAlike', { dataset, photos: [first!, first!], of: first!, box })
  expect([cropped.photos, cropped.summary.parameters]).toEqual([[first], { count: 1 }])
})

test('Every window is told which act is the newest of a dataset', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call, told } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  const { photos } = await call('datasets.photos', { ...everything, dataset })
  const act = { type: 'leaveOut', out: true } as const
  const { entry } = await call('datasets.decide', { dataset, photos: [photos[0]!.path], act })
  await call('datasets.undo', { dataset })
  await call('datasets.drawSplit', { dataset, val: 0.2, test: 0, seed: 1 })
  expect(told).toEqual([0, 1, 2].map((later) => ({ dataset, entry: entry + later })))
})

test.each(['.xmp', '.XMP'])(
  'Keywords that a program changes in the sidecar %s alone are seen by the next scan, and by who watches',
  async (ending) => {
    const home = await testFolder()
    const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
    const { call } = await aLibrary(home)
    const { id } = await call('datasets.add', { folder })
    const { photos } = await call('datasets.photos', { ...everything, dataset: id })
    const sidecar = path.join(folder, photos[0]!.path.replace(/\.[^.]+$/, ending))
    const tag = (word: string) =>
      put(sidecar, `<x><dc:subject><rdf:Bag><rdf:li>${word}</rdf:li></rdf:Bag></dc:subject></x>`)
    const seen = async () => {
      await call('datasets.rescan', { dataset: id })
      return (await call('datasets.keywords', { dataset: id })).keywords
    }
    expect(await seen()).toEqual([])
    const scanned = async () => (await readDataset(path.join(home, 'datasets'), id)).dataset
    for (const word of ['meadow', 'garden']) {
      await tag(word)
      const when = new Date(Date.now() + (word === 'garden' ? 60_000 : 0))
      await utimes(sidecar, when, when)
      expect(await differsFromDisk(await scanned())).toBe(true)
      expect(await seen()).toEqual([{ keyword: word, photos: 1 }])
      expect(await differsFromDisk(await scanned())).toBe(false)
    }
    await rm(sidecar)
    expect(await seen()).toEqual([])
  },
)

test('A source that was added, and not scanned before Thaw was killed, is told to who watches the dataset next', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const source = await photosIn(path.join(home, 'more'), ['wasps'])
  const { call } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  const expectTold = async (isStale: boolean) => {
    const end = new AbortController()
    let isTold = false
    const progress = () => {
      isTold = true
    }
    const other = await aLibrary(home, { signal: end.signal, progress })
    const watched = other.call('datasets.watch', { dataset }).catch((error: unknown) => error)
    if (isStale) await expect.poll(() => isTold).toBe(true)
    else await delay(1000)
    expect(isTold).toBe(isStale)
    end.abort()
    expect(await watched).toMatchObject({ code: 'cancelled' })
  }
  await expectTold(false)
  await call('datasets.decide', { dataset, photos: [], act: { type: 'addSource', source } })
  await expectTold(true)
  await call('datasets.rescan', { dataset })
  await expectTold(false)
  await call('datasets.undo', { dataset })
  await expectTold(true)
})

test('An export to a path that begins nowhere is refused with a sentence that says what to write', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { call } = await aLibrary(home)
  const { id: dataset } = await call('datasets.add', { folder })
  const refused = { code: 'path.relative', parameters: { path: 'sorted/here' } }
  await expect(
    call('filing.planExport', { dataset, how: 'copy', target: 'sorted/here' }),
  ).rejects.toMatchObject(refused)
  await expect(call('datasets.writeList', { dataset, file: 'sorted/here' })).rejects.toMatchObject(refused)
})

test('A catalogue that is lost or broken is made anew from datasets and run folders, which are not touched', async () => {
  const home = await testFolder()
  const first = await aLibrary(home)
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { id } = await first.call('datasets.add', { folder })
  await put(path.join(home, 'runs', 'r1', 'run.json'), JSON.stringify(aRecord({ id: 'r1' })))
  await put(path.join(home, 'runs', 'r1', 'events.jsonl'), `${JSON.stringify(planEvent)}\n`)
  const before = await first.call('runs.list', {})
  await first.close()
  await writeFile(path.join(home, 'catalogue.sqlite'), 'rubbish'.repeat(3000))
  const { call } = await aLibrary(home)
  expect((await call('datasets.list', {})).datasets).toMatchObject([{ id, train: [2, 2] }])
  expect(await call('runs.list', {})).toEqual(before)
})

test('A catalogue of a newer Thaw keeps the library from opening', async () => {
  const home = await testFolder()
  await (await aLibrary(home)).close()
  const database = new DatabaseSync(path.join(home, 'catalogue.sqlite'))
  database.exec('PRAGMA user_version = 99')
  database.close()
  await expect(aLibrary(home)).rejects.toMatchObject({ code: 'catalogue.newer' })
})

test('A run goes into the trash and comes back; one that is damaged is named', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  await put(path.join(home, 'runs', 'r1', 'run.json'), JSON.stringify(aRecord({ id: 'r1', name: 'First' })))
  await put(path.join(home, 'runs', 'bad', 'run.json'), '{')
  const listed = await call('runs.list', {})
  expect(listed).toMatchObject({
    runs: [{ id: 'r1', name: 'First' }],
    damaged: [{ why: { code: 'run.damaged' } }],
  })
  expect(await call('runs.rename', { run: 'r1', name: 'Mine' })).toMatchObject({ name: 'Mine' })
  await call('runs.remove', { run: 'r1' })
  expect((await call('runs.list', {})).runs).toEqual([])
  await expect(call('runs.get', { run: 'r1' })).rejects.toMatchObject({ code: 'run.missing' })
  expect(await call('runs.restore', { run: 'r1' })).toMatchObject({ id: 'r1', name: 'Mine' })
  const lock = Lock.take(lockOf(path.join(home, 'runs', 'r1')))
  await expect(call('runs.remove', { run: 'r1' })).rejects.toMatchObject({ code: 'busy' })
  lock?.release()
})

test('A run of another machine is copied in whole, once, and the folder it came from stays as it is', async () => {
  const home = await testFolder()
  const { call, events } = await aLibrary(home)
  const elsewhere = path.join(await testFolder(), 'usb', 'my run')
  const record = JSON.stringify(aRecord({ id: 'r1', name: 'Theirs' }))
  await put(path.join(elsewhere, 'run.json'), record)
  await put(path.join(elsewhere, 'checkpoints', 'epoch-00001', 'checkpoint.safetensors'), 'bytes')
  const shared = path.join('checkpoints', 'epoch-00002', 'checkpoint.safetensors')
  await mkdir(path.dirname(path.join(elsewhere, shared)))
  await link(
    path.join(elsewhere, 'checkpoints', 'epoch-00001', 'checkpoint.safetensors'),
    path.join(elsewhere, shared),
  )
  await put(path.join(elsewhere, 'lock.sqlite'), 'of another process')
  expect(await addRun(call, elsewhere)).toEqual({ run: 'r1', name: 'Theirs', isNew: true })
  expect(events).toContain('runs.changed')
  expect((await readdir(path.join(home, 'runs'))).sort()).toEqual(['r1'])
  const files = await readdir(path.join(home, 'runs', 'r1'), { recursive: true })
  expect(files.sort()).toEqual([
    ...['checkpoints', 'checkpoints/epoch-00001', 'checkpoints/epoch-00001/checkpoint.safetensors'],
    ...['checkpoints/epoch-00002', shared, 'run.json'],
  ])
  // Kept epochs share a file as they did.
  expect((await stat(path.join(home, 'runs', 'r1', shared))).nlink).toBe(2)
  expect((await readdir(elsewhere)).sort()).toEqual(['checkpoints', 'lock.sqlite', 'run.json'])
  await expect(addRun(call, elsewhere)).rejects.toMatchObject({ code: 'run.present' })
  // What lies there already is that run, not a second one.
  expect(await addRun(call, path.join(home, 'runs', 'r1'))).toMatchObject({ run: 'r1', isNew: false })
  await call('runs.remove', { run: 'r1' })
  expect(await addRun(call, elsewhere)).toMatchObject({ run: 'r1' })
})

test('A run that is thrown away, copied in again and thrown away again loses neither; the last one comes back first', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const elsewhere = await testFolder()
  await put(path.join(elsewhere, 'run.json'), JSON.stringify(aRecord({ id: 'r1', name: 'Theirs' })))
  const names = async (): Promise<string[]> =>
    (await call('runs.trashed', {})).runs.map(({ name }) => name).sort()
  for (const name of ['first', 'second', 'third']) {
    await addRun(call, elsewhere)
    await call('runs.rename', { run: 'r1', name })
    if (name === 'second')
      await expect(call('runs.restore', { run: 'r1' })).rejects.toMatchObject({
        code: 'run.present',
        parameters: { name: 'second' },
      })
    await call('runs.remove', { run: 'r1' })
  }
  expect(await names()).toEqual(['first', 'second', 'third'])
  expect(await call('runs.restore', { run: 'r1' })).toMatchObject({ name: 'third' })
  expect(await names()).toEqual(['first', 'second'])
  expect((await call('runs.list', {})).runs).toMatchObject([{ id: 'r1', name: 'third' }])
})

test('Of two who bring in one run at the same time the second is told that it is here', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const elsewhere = await testFolder()
  await put(path.join(elsewhere, 'run.json'), JSON.stringify(aRecord({ id: 'r1' })))
  const both = await Promise.allSettled([addRun(call, elsewhere), addRun(call, elsewhere)])
  expect(
    both
      .map((it) =>
        it.status === 'fulfilled' ? (it.value as { run: string }).run : (it.reason as { code: string }).code,
      )
      .toSorted(),
  ).toEqual(['r1', 'run.present'])
  expect(await readdir(path.join(home, 'runs'))).toEqual(['r1'])
  // Another run may be called alike.
  await put(path.join(elsewhere, 'other', 'run.json'), JSON.stringify(aRecord({ id: 'r2' })))
  expect(await addRun(call, path.join(elsewhere, 'other'))).toMatchObject({ run: 'r2', isNew: true })
})

test('A folder that is no run, whose run is damaged, trained or called by a path, is not copied in', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const elsewhere = await testFolder()
  const code = async (folder: string) =>
    addRun(call, folder).then(
      () => 'added',
      (error: unknown) => (error as { code: string }).code,
    )
  expect(await code(elsewhere)).toBe('run.missing')
  await put(path.join(elsewhere, 'bad', 'run.json'), '{')
  expect(await code(path.join(elsewhere, 'bad'))).toBe('run.damaged')
  await put(path.join(elsewhere, 'sly', 'run.json'), JSON.stringify(aRecord({ id: '../../sly' })))
  expect(await code(path.join(elsewhere, 'sly'))).toBe('run.damaged')
  await put(path.join(elsewhere, 'busy', 'run.json'), JSON.stringify(aRecord({ id: 'busy' })))
  const lock = Lock.take(lockOf(path.join(elsewhere, 'busy')))
  expect(await code(path.join(elsewhere, 'busy'))).toBe('busy')
  lock?.release()
  // What a link leads to may be anything, and without it the run would not be whole.
  for (const file of ['best.safetensors', 'run.json']) {
    const linked = path.join(elsewhere, `linked ${file}`)
    await put(path.join(linked, 'run.json'), JSON.stringify(aRecord({ id: 'linked' })))
    const real = path.join(home, `real ${file}`)
    await (file === 'run.json' ? rename(path.join(linked, file), real) : put(real, 'weights'))
    await symlink(real, path.join(linked, file))
    await expect(addRun(call, linked)).rejects.toMatchObject({
      code: 'run.damaged',
      parameters: { reason: 'is-link', file },
    })
  }
  await mkdir(path.join(elsewhere, 'odd', 'run.json'), { recursive: true })
  expect(await code(path.join(elsewhere, 'odd'))).toBe('run.missing')
  expect(await readdir(path.join(home, 'runs')).catch(() => [])).toEqual([])
})

test('A copy of a run that is called off leaves nothing', async () => {
  const home = await testFolder()
  const elsewhere = await testFolder()
  await put(path.join(elsewhere, 'run.json'), JSON.stringify(aRecord({ id: 'r1' })))
  await writeFile(path.join(elsewhere, 'best.safetensors'), Buffer.alloc(8 * 2 ** 20))
  const stopped = new AbortController()
  let told = 0
  const progress = ({ progress: at }: WorkProgress) => {
    told = at!.done
    stopped.abort()
  }
  const { call } = await aLibrary(home, { signal: stopped.signal, progress } as Asking)
  await expect(addRun(call, elsewhere)).rejects.toMatchObject({ code: 'cancelled' })
  expect(await readdir(path.join(home, 'runs'))).toEqual([])
  // Within a file: a large one is not waited for.
  expect(told).toBeLessThan(2 ** 20)
})

test('A run tells how many photos it learnt from and was judged on; those of a test part are neither', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const record = aRecord({ id: 'r1', name: 'First' })
  const photos = (['train', 'train', 'train', 'val', 'val', 'test'] as const).map((split, i) => ({
    ...{ path: `${split}/bees/${i}.jpg`, class: 0, split, bytes: 1, modified: 1, width: 1, height: 1 },
  }))
  const told = { ...record, dataset: { ...record.dataset, photos } }
  await put(path.join(home, 'runs', 'r1', 'run.json'), JSON.stringify(told))
  expect((await call('runs.get', { run: 'r1' })).dataset).toMatchObject({ train: 3, val: 2 })
})

test('A run tells where its photos came from: a folder, an archive or a list, which one of before does not know', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const record = aRecord({ id: 'r1' })
  const placeOf = async (dataset: Partial<typeof record.dataset>) => {
    const told = { ...record, dataset: { ...record.dataset, ...dataset } }
    await put(path.join(home, 'runs', 'r1', 'run.json'), JSON.stringify(told))
    return (await call('runs.get', { run: 'r1' })).dataset.place
  }
  expect(await placeOf({ folder: '/photos' })).toBe('/photos')
  expect(await placeOf({ folder: '/data/samples/photos-0a', source: '/photos.zip' })).toBe('/photos.zip')
  expect(await placeOf({ layout: 'list', source: '/photos.csv' })).toBe('/photos.csv')
  expect(await placeOf({ layout: 'list' })).toBeNull()
})

test('A preview shows what the network sees; a batch has the shape that PyTorch gives it', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const { id } = await call('datasets.add', { folder: await photosIn(path.join(home, 'photos'), ['a', 'b']) })
  const { photos } = await call('datasets.photos', { dataset: id, ...everything })
  const preparation = { ...recipePreparation, resize: 32, crop: 16 }
  const augmentation = 'strong' as const
  const asked = { photo: photos[0]!.id, preparation, augmentation, seed: 1 }
  const preview = await call('photos.preview', asked)
  // 40 × 30, its shorter side resized to 32: the middle 16 of 42 × 32 is the middle 15 of 30 pixels
  expect(preview).toMatchObject({
    ...{ width: 40, height: 30, frame: { top: 7.5, height: 15 }, orientation: 1, unturned: null, crop: null },
    resized: { width: 42, height: 32, frame: { left: 13, top: 8, width: 16, height: 16 } },
    numbers: { excerpt: { left: 7, top: 7, size: 3 } },
  })
  expect(preview.views).toHaveLength(8)
  expect(new Set(preview.views.map(({ picture }) => picture)).size).toBe(8)
  expect(await call('photos.preview', asked)).toEqual(preview)
  // What training draws, by the photo's place in the part that it learns from.
  const seen = await decodePhoto(path.join(home, 'photos', photos[0]!.path))
  for (const { epoch, drawn } of preview.views) {
    const request = trainingRequest(augmentation, { seed: 1, photo: preview.trainingIndex!, epoch })
    if (request.kind !== 'epoch') throw new Error('not drawn')
    expect(augment(seen, request.transforms, randomOf(request), preparation).drawn).toEqual(drawn)
  }
  const other = await call('photos.preview', { ...asked, seed: 2 })
  expect(other.views).not.toEqual(preview.views)
  for (const picture of [preview.evaluation.clipped, preview.views[0]!.picture])
    expect(await call('pictures.file', { picture, size: 192 })).toMatchObject({ type: 'image/png' })
  const batch = await call('photos.batch', {
    dataset: id,
    split: 'train',
    preparation,
    augmentation: 'recipe',
    seed: 1,
    size: 3,
  })
  expect(batch.shape).toEqual([3, 3, 16, 16])
  expect(batch.tiles).toHaveLength(3)
  await expect(call('photos.preview', { ...asked, photo: 'd.x.y' })).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('Class names with markup and direction marks come through as they are', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const classes = ['<img src=x onerror=alert(1)>', 'a\u202Eb', '한국어']
  const { id } = await call('datasets.add', { folder: await photosIn(path.join(home, 'photos'), classes) })
  const { summary } = await call('datasets.get', { dataset: id })
  expect(new Set(summary.classes)).toEqual(new Set(classes))
})

test('The draft of the wizard and the settings outlive the library', async () => {
  const home = await testFolder()
  const first = await aLibrary(home)
  expect(await first.call('draft.get', {})).toEqual({ draft: null })
  await first.call('draft.set', { draft: { step: 3 } })
  await first.call('settings.set', { language: 'ko' })
  await first.close()
  const { call } = await aLibrary(home)
  expect(await call('draft.get', {})).toEqual({ draft: { step: 3 } })
  expect(await call('settings.get', {})).toMatchObject({ language: 'ko', theme: 'system' })
  await writeFile(path.join(home, 'settings.json'), '{')
  expect(await call('settings.get', {})).toMatchObject({ language: 'system' })
})

test('A change of one setting leaves every other as it was', async () => {
  const { call } = await aLibrary(await testFolder())
  const unusual = {
    language: 'ko',
    theme: 'dark',
    backend: 'wasm',
    threads: 3,
    gpu: 'off',
    mirror: 'https://example.invalid/weights/',
    proxy: 'http://example.invalid:3128',
    classifyWith: { run: 'other' },
    learnHead: true,
  } as const
  const fields = Object.keys(Settings.shape) as (keyof Settings)[]
  expect(Object.keys(unusual)).toEqual(fields)
  for (const changed of fields) {
    await call('settings.set', unusual)
    const usual = Settings.parse({})[changed]
    expect(await call('settings.set', { [changed]: usual })).toEqual({ ...unusual, [changed]: usual })
  }
})

test('The picker shows folders, files of the kind that is asked for, and how many photos there are', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const folder = path.join(home, 'disk')
  await put(path.join(folder, 'a.JPG'), 'x')
  const weights = ['last.ckpt', 'model_best.pth.tar', 'net.pth']
  for (const name of weights) await put(path.join(folder, name), 'xy')
  await mkdir(path.join(folder, 'sub', '.hidden'), { recursive: true })
  const listing = await call('files.browse', { path: folder, kind: 'weights' })
  expect(listing).toMatchObject({ path: folder, parent: home, photos: 1 })
  expect(listing.folders.map(({ name }) => name)).toEqual(['sub'])
  expect(listing.files).toEqual(weights.map((name) => ({ name, path: path.join(folder, name), bytes: 2 })))
  const lists = ['all.zip', 'classes.tsv', 'list.csv', 'photos.json']
  for (const name of lists) await put(path.join(folder, name), 'xy')
  const { files } = await call('files.browse', { path: folder, kind: 'sources' })
  expect(files.map(({ name }) => name)).toEqual(lists)
  const nowhere = call('files.browse', { path: path.join(home, 'nowhere'), kind: 'folder' })
  await expect(nowhere).rejects.toMatchObject({ code: 'dataset.missing' })
})

test('A sample is drawn once and added; without a click nothing was fetched', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const drawn = await call('sample.draw', { seed: 3 })
  expect(drawn).toMatchObject({ classes: ['spotted', 'striped'], problem: null })
  expect(await call('sample.draw', { seed: 3 })).toMatchObject({ id: drawn.id })
  expect(await call('connections.list', {})).toEqual({ connections: [] })
})

test('A weight file that is none is refused, and one of the person’s own is only forgotten', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const file = await put(path.join(home, 'bad.pth'), 'rubbish')
  await expect(call('models.addFile', { file })).rejects.toMatchObject({ code: 'weights.not-weights' })
  await expect(call('models.inspect', { file })).rejects.toMatchObject({ code: 'weights.not-weights' })
  await expect(call('models.remove', { id: 'own-x' })).rejects.toMatchObject({ code: 'not-found' })
  const { offers } = await call('models.list', {})
  expect(offers).toContainEqual(expect.objectContaining({ network: 'vgg16', received: 0 }))
  await rm(file)
})

test('Whether a run could begin is told beforehand: of its settings, and of a weight file by its tensors’ names and shapes', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const network = networkOf('resnet18')
  const withoutValues = tensorsOfNetwork(network).map(({ name, shape }) => ({
    ...{ name, shape, dtype: 'float32' as const },
    values: () => new Float32Array(sizeOf(shape)),
  }))
  const fitting = path.join(home, 'fitting.safetensors')
  await writeSafetensors(fitting, withoutValues)
  const check = (config: z.input<typeof RunConfig>, classes = 2) =>
    call('train.check', {
      config: RunConfig.parse({ backbone: 'resnet18', weights: fitting, ...config }),
      classes,
    })
  expect(await check({})).toEqual({ notes: [] })
  // Names of timm's twin, which computes otherwise: nothing in the file tells them apart.
  const ours = tensorsOfNetwork(networkOf('efficientnet-b0'))
  const timms = Array.from(timmNames(ours.map(({ name }) => name))!.ours, ([name, here]) => ({
    ...{ name, shape: ours.find((it) => it.name === here)!.shape, dtype: 'float32' as const },
    values: () => new Float32Array(sizeOf(ours.find((it) => it.name === here)!.shape)),
  }))
  const foreign = path.join(home, 'b0.safetensors')
  await writeSafetensors(foreign, timms)
  expect(await check({ backbone: 'efficientnet-b0', weights: foreign })).toMatchObject({
    notes: [{ code: 'weights.maybe-twin', parameters: { twin: 'tf_efficientnet_b0' } }],
  })
  await expect(check({ backbone: 'vgg16' })).rejects.toMatchObject({ code: 'weights.mismatch' })
  const gone = path.join(home, 'gone.pth')
  await expect(check({ weights: gone })).rejects.toMatchObject({ code: 'weights.missing' })
  const rubbish = await put(path.join(home, 'rubbish.pth'), 'rubbish')
  await expect(check({ weights: rubbish })).rejects.toMatchObject({ code: 'weights.not-weights' })
  await expect(check({ weights: null, backbone: 'vgg16' })).rejects.toMatchObject({ code: 'weights.none' })
  await expect(check({ classWeights: [1, 2, 3] })).rejects.toMatchObject({ code: 'config.invalid' })
  await expect(check({ optimizer: 'sgd', nesterov: true, momentum: 0 })).rejects.toMatchObject({
    code: 'config.invalid',
  })
})

const aTensor = {
  ...{ name: 'a', shape: [1], dtype: 'float32' as const },
  values: () => Float32Array.of(1),
}

test('A weight file that a browser sent is removed into the trash, comes back, and is gone with it', async () => {
  const home = await testFolder()
  const { call } = await aLibrary(home)
  const sent = path.join(home, 'uploads', 'batch', 'tiny.safetensors')
  await mkdir(path.dirname(sent), { recursive: true })
  await writeSafetensors(sent, [aTensor])
  const { id, file } = await call('models.addFile', { file: sent })
  expect(file).toBe(path.join(home, 'weights', 'own', 'tiny.safetensors'))
  const listed = async () => (await call('models.list', {})).weights.filter(({ source }) => source === 'own')
  const bytes = (await stat(file)).size

  await call('models.remove', { id })
  expect(await listed()).toEqual([])
  expect(await call('runs.disk', {})).toMatchObject({ trash: bytes })
  await call('models.restore', { id })
  expect(await listed()).toMatchObject([{ id, file, present: true }])
  await expect(call('models.restore', { id })).rejects.toMatchObject({ code: 'weights.missing' })

  await call('models.remove', { id })
  expect(await call('runs.cleanUp', { what: 'trash' })).toMatchObject({ freed: bytes })
  await expect(call('models.restore', { id })).rejects.toMatchObject({ code: 'weights.missing' })
  expect(await listed()).toEqual([])
})

test('A weight file tells how photos are prepared for it, the next time too', async () => {
  const home = await testFolder()
  const file = path.join(home, 'tiny.safetensors')
  const preparation = { ...recipePreparation, resize: 96, crop: 80 }
  await writeSafetensors(file, [aTensor], { preparation: JSON.stringify(preparation) })
  const first = await aLibrary(home)
  expect(await first.call('models.addFile', { file })).toMatchObject({ preparation })
  await first.close()
  const { call } = await aLibrary(home)
  expect((await call('models.list', {})).weights).toContainEqual(
    expect.objectContaining({ file, preparation }),
  )
})

test('The thumbnails of a whole dataset are made beforehand, with progress, and a cancel ends it', async () => {
  const home = await testFolder()
  const { handlers, close } = await openLibrary({ home, cache: path.join(home, 'cache') }, () => undefined)
  onTestFinished(close)
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { id: dataset } = await handlers['datasets.add']({ folder }, context)
  const seen: number[] = []
  const stop = new AbortController()
  const progress = ({ done }: { done: number }) => {
    seen.push(done)
    if (done === 2) stop.abort()
  }
  const cancelled = handlers['datasets.thumbnails']({ dataset, size: 96 }, { signal: stop.signal, progress })
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
  expect(seen).toEqual([0, 1, 2])
  seen.length = 0
  await rm(path.join(folder, 'val', 'ants', '2.jpg'))
  await handlers['datasets.thumbnails']({ dataset, size: 96 }, { ...context, progress: progress })
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6])
  const made = (await readdir(path.join(home, 'cache'), { recursive: true })).filter((it) =>
    it.endsWith('-96.jpg'),
  )
  expect(made).toHaveLength(5)
})
