import { copyFile, link, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { mix } from '../src/shared/random.ts'
import { spread } from '../src/shared/spread.ts'

/** Makes a folder whole or not at all, so that what an interrupted run left is not taken for it. */
async function once(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await fill(unfinished)
  await rename(unfinished, folder)
  return folder
}

/** All photos of a split in torchvision's order: by class, then by name. Paths below the split. */
async function photosOf(split: string): Promise<string[]> {
  const found: string[] = []
  for (const name of (await readdir(split)).toSorted())
    for (const photo of (await readdir(path.join(split, name))).toSorted())
      if (/\.jpe?g$/i.test(photo)) found.push(path.join(name, photo))
  return found
}

/** The photos that the peer takes of each split with `--limit`. */
export const limited = (photos: string, limit: number, folder: string): Promise<string> =>
  once(folder, async (target) => {
    for (const split of ['train', 'val']) {
      const all = await photosOf(path.join(photos, split))
      for (const photo of spread(all, limit)) {
        const copy = path.join(target, split, photo)
        await mkdir(path.dirname(copy), { recursive: true })
        await copyFile(path.join(photos, split, photo), copy)
      }
    }
  })

/** A flat folder of so many photos: all of the recipe's, again and again, as links to the same bytes where the disk can. */
export const repeated = (photos: string, count: number, folder: string): Promise<string> =>
  once(folder, async (target) => {
    await mkdir(target, { recursive: true })
    const all: string[] = []
    for (const split of ['train', 'val'])
      for (const photo of await photosOf(path.join(photos, split))) all.push(path.join(photos, split, photo))
    for (let i = 0; i < count; i += 1) {
      const [from, to] = [all[i % all.length]!, path.join(target, `${i}.jpg`)]
      await link(from, to).catch(() => copyFile(from, to))
    }
  })

/** A folder with one photo in it. */
export const single = (photos: string, folder: string): Promise<string> =>
  once(folder, async (target) => {
    const val = path.join(photos, 'val')
    await mkdir(target, { recursive: true })
    await copyFile(path.join(val, (await photosOf(val))[0]!), path.join(target, 'photo.jpg'))
  })

/** Side of generated photos: as small as the tiny network sees them, so that the number of photos is what is measured. */
const side = 32
const writesAtOnce = 64

/** Coloured noise in three classes, four fifths of it to train with. */
export const generated = (count: number, folder: string): Promise<string> =>
  once(folder, async (target) => {
    const classes = ['blue', 'green', 'red']
    for (const split of ['train', 'val'])
      for (const name of classes) await mkdir(path.join(target, split, name), { recursive: true })
    const draw = async (i: number) => {
      const own = i % classes.length
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, at) =>
        Math.min(255, (mix(i * side * side * 3 + at) % 192) + (at % 3 === 2 - own ? 63 : 0)),
      )
      const split = i % 5 === 4 ? 'val' : 'train'
      const raw = { width: side, height: side, channels: 3 } as const
      await sharp(pixels, { raw })
        .jpeg()
        .toFile(path.join(target, split, classes[own]!, `${i}.jpg`))
    }
    for (let from = 0; from < count; from += writesAtOnce)
      await Promise.all(
        Array.from({ length: Math.min(writesAtOnce, count - from) }, (_, i) => draw(from + i)),
      )
  })

interface Pictures {
  width: number
  height: number
  classes?: number
  /** So many pictures, again and again; each file is another one by what stands behind its picture. Default: each its own. */
  distinct?: number
}

/** Class folders of so many JPEGs: noise that compresses as photos do. */
export const pictures = (
  count: number,
  { width, height, classes = 1, distinct = count }: Pictures,
  folder: string,
): Promise<string> =>
  once(folder, async (target) => {
    const classOf = (i: number) => `class ${String(i % classes).padStart(3, '0')}`
    for (let i = 0; i < classes; i += 1) await mkdir(path.join(target, classOf(i)), { recursive: true })
    const drawn: Buffer[] = []
    const draw = async (i: number) => {
      const noise = Buffer.from(Array.from({ length: 40 * 30 * 3 }, (_, at) => mix(i * 3600 + at) % 256))
      const image = sharp(noise, { raw: { width: 40, height: 30, channels: 3 } })
      return image.resize(width, height).jpeg({ quality: 85 }).toBuffer()
    }
    for (let i = 0; i < count; i += 1) {
      const picture = drawn[i % distinct] ?? (await draw(i))
      if (distinct < count) drawn[i % distinct] = picture
      const bytes = distinct < count ? Buffer.concat([picture, Buffer.from(String(i))]) : picture
      await writeFile(path.join(target, classOf(i), `${String(i).padStart(6, '0')}.jpg`), bytes)
    }
  })
