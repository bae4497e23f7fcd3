import { copyFile, cp, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { beforeAll, expect, it } from 'vitest'
import type { Finding } from '../../src/shared/findings.ts'
import { randomFor, shuffled } from '../../src/shared/random.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { describeGolden, photosFolder } from '../support/golden.ts'
import { findPhotos } from '../../src/main/engine/datasets/walk.ts'

const folder = temporaryFolder()
const photos = (name: string) => folder.path('photos', name)
const named = (photo: string, more: string) => photo.replace(/\.jpg$/, `${more}.jpg`)

interface Planted {
  copies: [string, string][]
  leaks: [string, string][]
  turned: [string, string][]
  corrupt: string[]
  swapped: string[]
}

/** Faults in a copy of real photos: copies of several sizes and qualities, some in both parts, swapped labels, broken files. */
async function plant(): Promise<Planted> {
  await cp(photosFolder, folder.path('photos'), { recursive: true })
  const all = (await findPhotos(folder.path('photos'), 'train', {})).photos.filter((it) =>
    it.endsWith('.jpg'),
  )
  const order = shuffled(all.length, randomFor(8, 'sample')).map((i) => all.toSorted()[i]!)
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
  return planted
}

describeGolden('thaw check', () => {
  let planted: Planted
  let found: Finding[]
  beforeAll(async () => {
    planted = await plant()
    const result = await thaw(['check', folder.path('photos'), '--json'], {
      env: { THAW_HOME: folder.path('home') },
    })
    expect(result.code).toBe(0)
    found = objects<Finding>(result)
  })

  const sets = (...kinds: string[]) =>
    found
      .filter(({ finding }) => kinds.includes(finding))
      .map((it) => new Set(it.photos.map((photo) => path.relative(folder.path('photos'), photo))))
  const holds = (groups: Set<string>[], pair: [string, string]) =>
    groups.some((group) => pair.every((photo) => group.has(photo)))

  it('finds every copy, whatever its size, quality and turn, and every leak, with at most two false alarms', () => {
    const copies = sets('duplicate', 'near-duplicate')
    const leaks = sets('leak')
    for (const pair of [...planted.copies, ...planted.turned, ...planted.leaks])
      expect(holds(copies, pair), pair.join(' ')).toBe(true)
    for (const pair of planted.leaks) expect(holds(leaks, pair), pair.join(' ')).toBe(true)
    const known = [...planted.copies, ...planted.turned, ...planted.leaks]
    const falseCopies = copies.filter((group) => !known.some((pair) => pair.every((it) => group.has(it))))
    const falseLeaks = leaks.filter(
      (group) => !planted.leaks.some((pair) => pair.every((it) => group.has(it))),
    )
    expect(falseCopies.length + falseLeaks.length).toBeLessThanOrEqual(2)
  })

  it('finds every broken file and no other', () => {
    const broken = sets('unreadable', 'truncated').flatMap((group) => [...group])
    expect(broken.sort()).toEqual(planted.corrupt.toSorted())
  })

  it('finds swapped labels among the first', () => {
    const first = sets('likely-mislabel').slice(0, 25)
    expect(
      planted.swapped.filter((photo) => first.some((one) => one.has(photo))).length,
    ).toBeGreaterThanOrEqual(7)
  })

  it('ends with a count of each kind', () => {
    const last = found.at(-1) as unknown as { type: string; findings: Record<string, number> }
    expect(last.type).toBe('checked')
    expect(last.findings['leak']).toBe(sets('leak').length)
  })
})
