/** Faults that are put into photos on purpose, to see which of them a check finds. */
import { copyFile, cp, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Sharp } from 'sharp'
import sharp from 'sharp'
import { findPhotos } from '../../src/main/engine/datasets/walk.ts'
import { randomFor, shuffled } from '../../src/shared/random.ts'

type Pair = [photo: string, copy: string]

/** Paths in the folder; of a pair the second was made of the first. */
export interface Planted {
  copies: Pair[]
  leaks: Pair[]
  turned: Pair[]
  corrupt: string[]
  swapped: string[]
}

const named = (photo: string, more: string) => photo.replace(/\.jpg$/, `${more}.jpg`)

/** Further forms of a copy, by name; nothing promises that they are found. */
const forms: Record<string, (photo: Sharp, size: { width: number; height: number }) => Sharp> = {
  mirrored: (photo) => photo.flop().jpeg({ quality: 90 }),
  'cropped to 90%': (photo, { width, height }) =>
    photo
      .extract({
        ...{ left: Math.round(width * 0.05), top: Math.round(height * 0.05) },
        ...{ width: Math.round(width * 0.9), height: Math.round(height * 0.9) },
      })
      .jpeg({ quality: 90 }),
  'quality 30': (photo) => photo.jpeg({ quality: 30 }),
  grey: (photo) => photo.greyscale().jpeg({ quality: 90 }),
}

/** So many copies of each further form beside their photos. @param among photos that nothing else was planted in */
export async function plantForms(folder: string, among: readonly string[], count: number) {
  const planted: Record<string, Pair[]> = {}
  for (const [index, [name, make]] of Object.entries(forms).entries())
    for (const photo of among.slice(index * count, (index + 1) * count)) {
      const copy = named(photo, `-form${index}`)
      const { width, height } = await sharp(path.join(folder, photo)).metadata()
      await make(sharp(path.join(folder, photo)), { width, height }).toFile(path.join(folder, copy))
      ;(planted[name] ??= []).push([photo, copy])
    }
  return planted
}

/**
 * Faults in a copy of real photos: 30 copies of several sizes and qualities, 10 in both parts, 5 turned, 10 swapped labels, 10 broken
 * files; which photos, the seed decides.
 * @returns what was planted, and photos of the training part that were left as they are
 */
export async function plantFaults(from: string, folder: string, seed: number) {
  await cp(from, folder, { recursive: true })
  const photos = (name: string) => path.join(folder, name)
  const all = (await findPhotos(folder, 'train', {})).photos.filter((it) => it.endsWith('.jpg')).toSorted()
  const order = shuffled(all.length, randomFor(seed, 'sample')).map((i) => all[i]!)
  const some = (count: number) => order.splice(0, count)
  const planted: Planted = { copies: [], leaks: [], turned: [], corrupt: [], swapped: [] }
  for (const [i, photo] of some(30).entries()) {
    const copy = named(photo, `-copy${i}`)
    const { width } = await sharp(photos(photo)).metadata()
    if (i < 8) await copyFile(photos(photo), photos(copy))
    else
      await sharp(photos(photo))
        .resize(Math.round(width * [1, 0.7, 0.5, 0.35][i % 4]!))
        .jpeg({ quality: [95, 75, 50, 30][(i >> 2) % 4]! })
        .toFile(photos(copy))
    planted.copies.push([photo, copy])
  }
  for (const [i, photo] of some(10).entries()) {
    const copy = named(photo.replace('train/', 'val/'), `-leak${i}`)
    if (i % 2) await copyFile(photos(photo), photos(copy))
    else await sharp(photos(photo)).jpeg({ quality: 70 }).toFile(photos(copy))
    planted.leaks.push([photo, copy])
  }
  for (const [i, photo] of some(5).entries()) {
    const copy = named(photo, '-turned')
    await sharp(photos(photo))
      .rotate(i % 2 ? 90 : 270)
      .jpeg({ quality: 85 })
      .toFile(photos(copy))
    planted.turned.push([photo, copy])
  }
  for (const [i, photo] of some(10).entries()) {
    const bytes = await readFile(photos(photo))
    if (i < 6) await writeFile(photos(photo), bytes.subarray(0, (bytes.length * (i + 1)) >> 3))
    else await writeFile(photos(photo), i < 8 ? Buffer.alloc(bytes.length, i) : '')
    planted.corrupt.push(photo)
  }
  for (const photo of some(10)) {
    const other = photo.includes('/ants/')
      ? photo.replace('/ants/', '/bees/')
      : photo.replace('/bees/', '/ants/')
    const moved = named(other, '-swapped')
    await rename(photos(photo), photos(moved))
    planted.swapped.push(moved)
  }
  return { planted, left: order }
}
