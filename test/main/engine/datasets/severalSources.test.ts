import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { exportRequest, writeList } from '../../../../src/main/engine/datasets/exported.ts'
import { openDataset } from '../../../../src/main/engine/datasets/openDataset.ts'
import { receivePhoto } from '../../../../src/main/engine/datasets/received.ts'
import { scanFolder } from '../../../../src/main/engine/datasets/scan.ts'
import { newSource, scanSources } from '../../../../src/main/engine/datasets/sources.ts'
import { differsFromDisk, watchSources } from '../../../../src/main/engine/datasets/watchSources.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const photo = await jpeg({ r: 90, g: 120, b: 30 })
const options = { seed: 1, threads: 1 }
const samples = () => ({ samples: folder.path('samples') })
const make = async (...files: string[]) => {
  for (const file of files) await put(folder.path(file), photo)
}

describe('a dataset of several sources', () => {
  it('has the photos of all of them under one set of classes, and each photo once', async () => {
    await make('one/ants/a.jpg', 'one/bees/b.jpg', 'two/bees/c.jpg', 'two/wasps/d.jpg')
    await writeFile(folder.path('list.csv'), 'path,class\none/ants/a.jpg,bees\ntwo/wasps/d.jpg,ants\n')
    const also = [folder.path('two'), folder.path('list.csv')]
    const scan = await scanSources(folder.path('one'), also, samples(), options)
    const { classes, photos } = scan
    expect(classes).toEqual(['ants', 'bees', 'wasps'])
    expect(photos.map((it) => [it.path, classes[it.class!]]).toSorted()).toEqual([
      ['../two/bees/c.jpg', 'bees'],
      ['../two/wasps/d.jpg', 'wasps'],
      ['ants/a.jpg', 'ants'],
      ['bees/b.jpg', 'bees'],
    ])
    expect(scan).toMatchObject({ folder: folder.path('one'), also })
  })

  it('keeps the parts that one of them gives', async () => {
    await make('drawn/ants/1.jpg', 'drawn/ants/2.jpg', 'drawn/bees/3.jpg')
    await make('given/train/ants/4.jpg', 'given/val/ants/5.jpg', 'given/test/bees/6.jpg')
    const scan = await scanSources(folder.path('drawn'), [folder.path('given')], samples(), options)
    const parts = Object.fromEntries(scan.photos.map((it) => [it.path, it.split]))
    expect(parts).toMatchObject({
      '../given/train/ants/4.jpg': 'train',
      '../given/val/ants/5.jpg': 'val',
      '../given/test/bees/6.jpg': 'test',
    })
  })

  it('is read without one that is gone, which is named, and with it when it is back', async () => {
    await make('here/ants/a.jpg', 'away/bees/b.jpg')
    await rename(folder.path('away'), folder.path('taken'))
    const read = () => scanSources(folder.path('here'), [folder.path('away')], samples(), options)
    expect(await read()).toMatchObject({ missing: [folder.path('away')], photos: [{ path: 'ants/a.jpg' }] })
    await rename(folder.path('taken'), folder.path('away'))
    const back = await read()
    expect(back.missing).toBeUndefined()
    expect(back.photos).toHaveLength(2)
  })
})

describe('a further source', () => {
  it('is a folder, a list or an archive that is there and is not among them yet', async () => {
    await make('own/ants/a.jpg', 'more/bees/b.jpg')
    await writeFile(folder.path('list.csv'), 'path\nown/ants/a.jpg\n')
    const known = [folder.path('own')]
    expect(await newSource(`${folder.path('more')}/`, known)).toBe(folder.path('more'))
    expect(await newSource(folder.path('list.csv'), known)).toBe(folder.path('list.csv'))
    const refused = (place: string, code: string) =>
      expect(newSource(place, known)).rejects.toMatchObject({ code })
    await refused(`${folder.path('own')}/`, 'source.there-already')
    await refused(folder.path('nothing'), 'source.missing')
    await refused('more', 'source.missing')
    await refused(folder.path('more/bees/b.jpg'), 'source.unknown-kind')
  })

  it('is no folder around one that is read already, by whatever way it is called', async () => {
    await make('shelf/own/ants/a.jpg', 'shelf/other/bees/b.jpg')
    await writeFile(folder.path('shelf/list.csv'), 'path\nown/ants/a.jpg\n')
    await symlink(folder.path('shelf'), folder.path('way'))
    const known = [folder.path('shelf/own')]
    const source = (place: string, of = known) => newSource(folder.path(place), of)
    for (const place of ['shelf', 'way'])
      await expect(source(place)).rejects.toMatchObject({ code: 'source.contains-dataset' })
    await expect(source('way/own')).rejects.toMatchObject({ code: 'source.contains-dataset' })
    expect(await source('shelf/other')).toBe(folder.path('shelf/other'))
    // A list names its photos: the others in its folder are none of them.
    expect(await source('shelf', [folder.path('shelf/list.csv')])).toBe(folder.path('shelf'))
  })
})

describe('folders that are written', () => {
  it('never lie where they would become photos of the dataset', async () => {
    await make('whole/ants/a.jpg', 'further/bees/b.jpg')
    const scan = await scanSources(folder.path('whole'), [folder.path('further')], samples(), options)
    const dataset = { ...scan, photos: scan.photos.map((it) => ({ ...it, class: it.class! })) }
    const to = (target: string) => () => exportRequest(dataset, { how: 'copy', target: folder.path(target) })
    for (const target of ['whole', 'whole/out', 'further/bees'])
      expect(to(target)).toThrow(expect.objectContaining({ code: 'export.inside-dataset' }))
    expect(to('whole-sorted')().photos).toHaveLength(2)
    expect(to('..whole')().photos).toHaveLength(2)
  })
})

describe('a list that is written', () => {
  it('is the same dataset when it is read, with labels, parts and crops', async () => {
    await make('src/train/ants/a, b.jpg', 'src/train/bees/c.jpg', 'src/val/bees/개미 "d".jpg')
    const scan = await scanFolder(folder.path('src'), options)
    const crop = { left: 1, top: 2, width: 10.5, height: 8 }
    const photos = scan.photos.map((it, i) => ({ ...it, class: it.class!, ...(i === 0 && { crop }) }))
    await mkdir(folder.path('lists'), { recursive: true })
    const file = folder.path('lists/out.csv')
    expect(await writeList(file, { ...scan, photos })).toBe(3)
    const paths = { ...samples(), datasets: folder.path('datasets'), scans: folder.path('scans') }
    const read = await openDataset(file, { ...options, paths, onSlowNames: () => undefined })
    const told = (of: typeof photos, at: (path: string) => string) =>
      of.map((it) => [at(it.path), scan.classes[it.class], it.split, it.crop]).toSorted()
    expect(read.classes).toEqual(scan.classes)
    expect(told(read.photos, (it) => it)).toEqual(told(photos, (it) => `../src/${it}`))
  })

  it('is never written over what is there', async () => {
    await make('some/ants/a.jpg')
    const scan = await scanFolder(folder.path('some'), options)
    await put(folder.path('there.csv'), 'mine')
    const photos = scan.photos.map((it) => ({ ...it, class: it.class! }))
    await expect(writeList(folder.path('there.csv'), { ...scan, photos })).rejects.toMatchObject({
      code: 'export.there-already',
    })
    expect(await readFile(folder.path('there.csv'), 'utf8')).toBe('mine')
  })
})

describe('a photo that a camera has taken', () => {
  it('goes into the folder of its class, and none is written over', async () => {
    await make('cam/ants/x.jpg', 'cam/Bees & co/y.jpg', 'shot/2026-11-28 10.00.00.jpg')
    const scan = await scanFolder(folder.path('cam'), options)
    const shot = folder.path('shot/2026-11-28 10.00.00.jpg')
    expect(await receivePhoto(scan, shot, 'Bees & co')).toBe(
      folder.path('cam/Bees & co/2026-11-28 10.00.00.jpg'),
    )
    expect(await receivePhoto(scan, shot, 'Bees & co')).toMatch(/\(2\)\.jpg$/)
    expect(await receivePhoto(scan, shot, 'new/class')).toMatch(/new_class/)
    expect(await differsFromDisk(scan)).toBe(true)
    await writeFile(folder.path('cam/ants/no photo.jpg'), 'words')
    expect(await differsFromDisk(await scanFolder(folder.path('cam'), options))).toBe(false)
  })
})

describe('folders that are watched', () => {
  it('tell of photos that come, change and go, and of a folder that vanishes and returns', async () => {
    await make('watched/ants/a.jpg', 'watched/bees/b.jpg')
    const controller = new AbortController()
    const onChange = vi.fn()
    const places = [folder.path('watched')]
    const watching = watchSources(places, {
      ...{ signal: controller.signal, onChange },
      isStale: () => Promise.resolve(true),
    })
    const times = (n: number) => vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(n), 30_000)
    await times(1)
    await make('watched/ants/new.jpg', 'watched/wasps/first.jpg')
    await times(2)
    // In a folder that is new itself.
    await make('watched/wasps/second.jpg')
    await times(3)
    await writeFile(folder.path('watched/ants/a.jpg'), Buffer.concat([photo, photo]))
    await times(4)
    await rm(folder.path('watched/bees/b.jpg'))
    await times(5)
    await rename(folder.path('watched'), folder.path('gone'))
    await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(5), 30_000)
    const sofar = onChange.mock.calls.length
    await rename(folder.path('gone'), folder.path('watched'))
    await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(sofar), 30_000)
    controller.abort()
    await expect(watching).rejects.toMatchObject({ code: 'cancelled' })
  }, 120_000)

  it('tell that they are gone also where the system says nothing, as of a disk that is pulled out', async () => {
    await make('disk/photos/ants/a.jpg')
    const controller = new AbortController()
    const onChange = vi.fn()
    const watching = watchSources([folder.path('disk/photos')], {
      ...{ signal: controller.signal, onChange },
      isStale: () => Promise.resolve(true),
    })
    const times = (n: number) => vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(n), 30_000)
    await times(1)
    // The folder itself and all in it stay as they are; only the way to them is another one.
    await rename(folder.path('disk'), folder.path('other'))
    await times(2)
    await rename(folder.path('other'), folder.path('disk'))
    await times(3)
    controller.abort()
    await expect(watching).rejects.toMatchObject({ code: 'cancelled' })
  }, 120_000)
})
