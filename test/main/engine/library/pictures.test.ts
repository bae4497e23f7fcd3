import { readdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
import type { GridPicture } from '../../../../src/shared/api/datasets.ts'
import { coarseSide } from '../../../../src/shared/photoFiles.ts'
import { photosIn, testFolder } from '../../../support/engine/host.ts'
import { withExifThumbnail } from '../../../support/exifThumbnail.ts'
import { jpeg, put } from '../../../support/folder.ts'

const context = { signal: new AbortController().signal, progress: () => undefined }
const everything = {
  ...{ classes: [], splits: [], findings: [], outcomes: [], out: null, search: '', only: null },
  ...({ order: 'split', descending: false, groupBy: null, offset: 0, limit: 200 } as const),
}

async function aRoom(folder: string, cache: string, home: string) {
  const { handlers, close } = await openLibrary({ home, cache }, () => undefined)
  onTestFinished(close)
  const { id: dataset } = await handlers['datasets.add']({ folder }, context)
  const { photos } = await handlers['datasets.photos']({ ...everything, dataset }, context)
  const ask = async (coarse: boolean) =>
    handlers['pictures.file']({ picture: photos[0]!.id, size: 192, coarse }, context)
  return { ask, photos }
}

const longest = async (picture: string | Buffer) => {
  const { width, height } = await sharp(picture).metadata()
  return Math.max(width, height)
}

test('A cache that cannot be written costs no picture', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  // A file in its place: also who may write everything cannot make a folder there.
  const cache = path.join(home, 'cache')
  await writeFile(cache, '')
  const { ask } = await aRoom(folder, cache, path.join(home, 'data'))
  const found = await ask(true)
  if (!('bytes' in found)) throw new Error('nothing could be kept')
  expect(found).toMatchObject({ type: 'image/jpeg', lasts: true })
  expect((await sharp(Buffer.from(found.bytes, 'base64')).metadata()).format).toBe('jpeg')
})

test('A page is shown the camera’s picture first, then the photo’s, which stays', async () => {
  const home = await testFolder()
  const folder = path.join(home, 'photos')
  const photo = withExifThumbnail(
    await jpeg({ r: 200, g: 0, b: 0 }, 640, 480),
    await jpeg({ r: 0, g: 0, b: 200 }, 160, 120),
  )
  for (const name of ['ants', 'bees'])
    for (const n of [1, 2]) await put(path.join(folder, name, `${n}.jpg`), photo)
  const cache = path.join(home, 'cache')
  const { ask } = await aRoom(folder, cache, path.join(home, 'data'))
  // As for photos whose thumbnails were swept: the scan has made them.
  await rm(path.join(cache, 'thumbnails'), { recursive: true })
  const first = await ask(true)
  if (!('bytes' in first)) throw new Error('a coarse one is kept nowhere')
  expect(first.lasts).toBe(false)
  expect(await longest(Buffer.from(first.bytes, 'base64'))).toBe(coarseSide)
  const fine = await ask(false)
  if (!('bytes' in fine)) throw new Error('it is seen before it lies on the disk')
  expect(fine.lasts).toBe(true)
  expect(await longest(Buffer.from(fine.bytes, 'base64'))).toBe(192)
  // At once and also once it is on the disk, where it stays.
  expect(await ask(true)).toEqual(fine)
  await expect.poll(() => ask(true)).toMatchObject({ file: expect.stringMatching(/-192\.jpg$/) as string })
})

/** So that no two are the same file. */
const numbered = (photo: Buffer) => (i: number) => Promise.resolve(Buffer.concat([photo, Buffer.from([i])]))

/** A dataset of so many photos a class whose thumbnails were swept, and the grid's call for them. */
async function aSweptGrid(photo: (i: number) => Promise<Buffer>, many: number) {
  const home = await testFolder()
  const folder = path.join(home, 'photos')
  for (const name of ['ants', 'bees'])
    for (let i = 0; i < many; i += 1) await put(path.join(folder, name, `${i}.jpg`), await photo(i))
  const cache = path.join(home, 'cache')
  const { handlers, close } = await openLibrary({ home: path.join(home, 'data'), cache }, () => undefined)
  onTestFinished(close)
  const { id: dataset } = await handlers['datasets.add']({ folder }, context)
  const { photos } = await handlers['datasets.photos']({ ...everything, dataset }, context)
  await rm(path.join(cache, 'thumbnails'), { recursive: true })
  const grid = async (pictures: string[], coarse = false) =>
    (await handlers['pictures.grid']({ pictures, coarse }, context)).pictures
  return { dataset, photos, grid, cache, folder }
}
const stateOf = (picture: GridPicture) =>
  typeof picture === 'string' ? picture : picture.coarse ? 'coarse' : 'fine'
const sideOf = (picture: GridPicture) =>
  typeof picture === 'string' ? undefined : longest(Buffer.from(picture.jpeg, 'base64'))

test('The grid’s thumbnails are had many at a time, also those that were swept; no other id gives a file', async () => {
  const small = await jpeg({ r: 200, g: 0, b: 0 }, 64, 48)
  const { dataset, photos, grid, cache, folder } = await aSweptGrid(numbered(small), 3)
  const ids = photos.map(({ id }) => id)
  await expect.poll(async () => (await grid(ids)).map(stateOf)).toEqual(ids.map(() => 'fine'))
  // They are kept: without the photos they are still there. A file that a power cut left empty is none.
  const names = async () =>
    (await readdir(path.join(cache, 'thumbnails'), { recursive: true })).filter((it) => it.endsWith('.jpg'))
  await expect.poll(names).toHaveLength(ids.length)
  await writeFile(path.join(cache, 'thumbnails', (await names())[0]!), '')
  await rm(folder, { recursive: true })
  const found = await grid([...ids, 'd.nobody.0', `d.${dataset}.../secret`, 's.a.0'])
  expect(found.map(stateOf).toSorted()).toEqual([
    ...ids.slice(1).map(() => 'fine'),
    ...Array<string>(4).fill('none'),
  ])
  expect(found.slice(-3)).toEqual(['none', 'none', 'none'])
  expect(await sideOf(found.find((it) => typeof it !== 'string')!)).toBeLessThanOrEqual(192)
})

test('The grid is given what there is after a while, never nothing, and in the end all of it', async () => {
  const large = await jpeg({ r: 0, g: 90, b: 0 }, 4000, 3000)
  // More than all cores make meanwhile.
  const { photos, grid } = await aSweptGrid(numbered(large), 4 * (availableParallelism() + 1))
  const ids = photos.map(({ id }) => id)
  const first = (await grid(ids)).map(stateOf)
  expect(first).toContain('later')
  expect(first).toContain('fine')
  let states = first
  for (let calls = 1; states.includes('later') && calls < ids.length; calls += 1)
    states = (await grid(ids)).map(stateOf)
  expect(states).toEqual(ids.map(() => 'fine'))
})

test('The grid shows the camera’s picture first, where it is asked for, then the photo’s', async () => {
  const photo = withExifThumbnail(
    await jpeg({ r: 200, g: 0, b: 0 }, 640, 480),
    await jpeg({ r: 0, g: 0, b: 200 }, 160, 120),
  )
  const { photos, grid } = await aSweptGrid(numbered(photo), 1)
  const ids = photos.slice(0, 1).map(({ id }) => id)
  const [first] = await grid(ids, true)
  expect([stateOf(first!), await sideOf(first!)]).toEqual(['coarse', coarseSide])
  const [second] = await grid(ids)
  expect([stateOf(second!), await sideOf(second!)]).toEqual(['fine', 192])
  expect((await grid(ids, true)).map(stateOf)).toEqual(['fine'])
})
