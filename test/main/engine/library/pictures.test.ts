import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
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

test('Thumbnails that are made are had many at a time; none is made for that, and no other id gives a file', async () => {
  const home = await testFolder()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const cache = path.join(home, 'cache')
  const { handlers, close } = await openLibrary({ home: path.join(home, 'data'), cache }, () => undefined)
  onTestFinished(close)
  const { id: dataset } = await handlers['datasets.add']({ folder }, context)
  const { photos } = await handlers['datasets.photos']({ ...everything, dataset }, context)
  const kept = async (pictures: string[]) => (await handlers['pictures.kept']({ pictures }, context)).pictures
  // As for a photo whose thumbnail was swept, and for one whose file a power cut left empty.
  const files = await Promise.all(
    photos.slice(0, 2).map(async ({ id: picture }) => {
      const found = await handlers['pictures.file']({ picture, size: 192 }, context)
      return 'file' in found ? found.file : ''
    }),
  )
  await rm(files[0]!)
  await writeFile(files[1]!, '')
  const found = await kept([...photos.map(({ id }) => id), 'd.nobody.0', `d.${dataset}.../secret`, 's.a.0'])
  expect(found.map((it) => it !== null)).toEqual([...photos.map((_, i) => i > 1), ...[false, false, false]])
  expect(await longest(Buffer.from(found[2]!, 'base64'))).toBeLessThanOrEqual(192)
})
