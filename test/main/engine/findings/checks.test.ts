import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { checks } from '../../../../src/main/engine/findings/check.ts'
import { likenessOf } from '../../../../src/main/engine/findings/likeness.ts'
import { measurePhoto } from '../../../../src/main/engine/findings/measure.ts'
import type { Measures } from '../../../../src/main/engine/findings/measure.ts'
import type { CheckedPhoto, Subject } from '../../../../src/main/engine/findings/subject.ts'
import type { FindingKind } from '../../../../src/shared/findings.ts'
import { randomFor } from '../../../../src/shared/random.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

const measures = (of: Partial<Measures> = {}): Measures => ({
  format: 'jpeg',
  damage: null,
  brightness: 120,
  darkest: 20,
  lightest: 240,
  sharpness: 900,
  small: new Uint8Array(32 * 32 * 3),
  ...of,
})

const photo = (path: string, of: Partial<CheckedPhoto> = {}): CheckedPhoto => ({
  path,
  class: 0,
  split: 'train',
  width: 400,
  height: 300,
  hash: path,
  measures: measures(),
  ...of,
})

const subject = (of: Partial<Subject> = {}): Subject => ({
  classes: ['ants', 'bees'],
  unreadable: [],
  photos: [photo('a.jpg')],
  features: { values: new Float32Array(4), rows: 1, columns: 4 },
  likeness: { same: [], alike: [] },
  seed: 0,
  ...of,
})

const bad = (path: string, code: string) => ({ path, code, message: code, advice: '', parameters: {} })
const random = randomFor(1, 'sample')
/** Forty photos of two classes that the first feature tells apart; `odd` has its own place. */
function heaps(odd: number, label: (i: number) => number = (i) => i % 2): Partial<Subject> {
  const columns = 4
  const values = Float32Array.from({ length: 40 * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    if (row === odd) return column === 3 ? -5 : 0
    return random.uniform() + (column === 0 ? (row % 2) * 6 - 3 : 1)
  })
  const photos = Array.from({ length: 40 }, (_, i) => photo(`${i}.jpg`, { class: label(i) }))
  return { photos, features: { values, rows: 40, columns } }
}
const pair = [photo('a.jpg'), photo('b.jpg', { class: 1, split: 'val' })]
const alike = { same: [], alike: [[0, 1]] }

/** A row a finding: photos that have it, and the same ones without. */
const rows: Record<FindingKind, { has: Partial<Subject>; hasNot: Partial<Subject>; photos: string[] }> = {
  unreadable: {
    has: { unreadable: [bad('x.jpg', 'photo.damaged')] },
    hasNot: { unreadable: [bad('x.jpg', 'photo.truncated')] },
    photos: ['x.jpg'],
  },
  truncated: {
    has: { unreadable: [bad('x.jpg', 'photo.truncated')] },
    hasNot: { unreadable: [bad('x.jpg', 'photo.empty')] },
    photos: ['x.jpg'],
  },
  'wrong-extension': {
    has: { photos: [photo('a.jpg', { measures: measures({ format: 'png' }) })] },
    hasNot: { photos: [photo('a.JPEG')] },
    photos: ['a.jpg'],
  },
  tiny: {
    has: { photos: [photo('a.jpg', { width: 300, height: 40 }), photo('b.jpg')] },
    hasNot: { photos: [photo('a.jpg', { width: 64, height: 64 })] },
    photos: ['a.jpg'],
  },
  'extreme-aspect': {
    has: { photos: [photo('a.jpg', { width: 300, height: 1000 })] },
    hasNot: { photos: [photo('a.jpg', { width: 300, height: 900 })] },
    photos: ['a.jpg'],
  },
  blurred: {
    has: { photos: [photo('a.jpg', { measures: measures({ sharpness: 4 }) })] },
    hasNot: { photos: [photo('a.jpg', { measures: measures({ sharpness: 4, brightness: 5 }) })] },
    photos: ['a.jpg'],
  },
  dark: {
    has: { photos: [photo('a.jpg', { measures: measures({ brightness: 9, lightest: 30 }) })] },
    hasNot: { photos: [photo('a.jpg', { measures: measures({ brightness: 9, lightest: 200 }) })] },
    photos: ['a.jpg'],
  },
  bright: {
    has: { photos: [photo('a.jpg', { measures: measures({ brightness: 250, darkest: 230 }) })] },
    hasNot: { photos: [photo('a.jpg', { measures: measures({ brightness: 250, darkest: 10 }) })] },
    photos: ['a.jpg'],
  },
  duplicate: {
    has: { photos: pair, likeness: { same: [[0, 1]], alike: [[0, 1]] } },
    hasNot: { photos: pair, likeness: alike },
    photos: ['a.jpg', 'b.jpg'],
  },
  'near-duplicate': {
    has: { photos: pair, likeness: alike },
    hasNot: { photos: pair.map((it) => ({ ...it, hash: 'one' })), likeness: alike },
    photos: ['a.jpg', 'b.jpg'],
  },
  leak: {
    has: { photos: pair, likeness: alike },
    hasNot: { photos: pair.map((it) => ({ ...it, split: 'val' as const })), likeness: alike },
    photos: ['a.jpg', 'b.jpg'],
  },
  'two-classes': {
    has: { photos: pair, likeness: alike },
    hasNot: { photos: pair.map((it) => ({ ...it, class: 1 })), likeness: alike },
    photos: ['a.jpg', 'b.jpg'],
  },
  outlier: { has: heaps(7), hasNot: heaps(-1), photos: ['7.jpg'] },
  'likely-mislabel': {
    has: heaps(-1, (i) => (i === 12 ? 1 : i % 2)),
    hasNot: heaps(-1),
    photos: ['12.jpg'],
  },
  'similar-class-names': {
    has: { classes: ['Ant', 'ants'] },
    hasNot: { classes: ['grass', 'gras'] },
    photos: ['a.jpg'],
  },
}

describe('Findings', () => {
  it.each(Object.keys(rows) as FindingKind[])('%s', async (kind) => {
    const { has, hasNot, photos } = rows[kind]
    const found = await checks[kind](subject(has))
    expect(found.map((it) => it.finding)).toEqual([kind])
    expect(found[0]!.photos).toEqual(photos)
    expect(await checks[kind](subject(hasNot))).toEqual([])
  })

  it('likely-mislabel says which class is likelier', async () => {
    const [found] = await checks['likely-mislabel'](subject(rows['likely-mislabel'].has))
    expect(found!.detail).toMatchObject({ class: 'bees', suggested: 'ants' })
    expect(found!.detail['probability']).toBeGreaterThan(0.5)
  })

  it('likely-mislabel asks about copies of a photo together: they would vouch for each other', async () => {
    const { photos, features } = heaps(-1)
    const own = [...photos!]
    // Ten photos that lie with the ants, but for a spot that no other has, and are called bees.
    const copies = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    for (const row of copies) {
      features!.values.set([-3, 1.5, 1.5, 2.6], row * 4)
      own[row] = photo(`${row}.jpg`, { class: 1 })
    }
    const doubted = async (groups: number[][]) => {
      const likeness = { same: [], alike: groups }
      const found = await checks['likely-mislabel'](subject({ photos: own, features: features!, likeness }))
      return found.map((it) => parseInt(it.photos[0]!, 10)).filter((row) => copies.includes(row))
    }
    expect((await doubted([copies])).toSorted((x, y) => x - y)).toEqual(copies)
    expect(await doubted([])).toEqual([])
  })

  it('likely-mislabel doubts no label that is likelier than any other, however unsure all are', async () => {
    // Three classes that nothing tells apart: of a third of the photos one's own is the likeliest all the same.
    const draw = randomFor(2, 'sample')
    const values = Float32Array.from({ length: 60 * 4 }, () => draw.uniform())
    const photos = Array.from({ length: 60 }, (_, i) => photo(`${i}.jpg`, { class: i % 3 }))
    const classes = ['ants', 'bees', 'wasps']
    const features = { values, rows: 60, columns: 4 }
    const found = await checks['likely-mislabel'](subject({ classes, photos, features }))
    // Those whose own class is not the likeliest, two thirds by chance; nearly all have another one at its average.
    expect(found.length).toBeGreaterThan(30)
    expect(found.length).toBeLessThan(45)
  })

  it('outlier says nothing where most photos are equal, and there is no usual distance', async () => {
    const { photos, features } = heaps(-1)
    for (let row = 0; row < 30; row += 1) features!.values.set([1, 0, 0, 0], row * 4)
    expect(await checks.outlier(subject({ photos: photos!, features: features! }))).toEqual([])
  })
})

describe('A look at a photo', () => {
  /** Discs by chance, so that no two pictures are alike. */
  const picture = (seed: number) => {
    const draw = randomFor(seed, 'sample')
    const discs = Array.from({ length: 25 }, () => {
      const [x, y, r, c] = [
        draw.uniform() * 480,
        draw.uniform() * 320,
        draw.uniform() * 70,
        draw.integer(0, 0xffffff),
      ]
      return `<circle cx="${x}" cy="${y}" r="${r}" fill="#${c.toString(16).padStart(6, '0')}"/>`
    })
    return sharp(Buffer.from(`<svg width="480" height="320">${discs.join('')}</svg>`)).flatten({
      background: '#888',
    })
  }

  it('knows the same picture by another size, quality and turn, and another picture from it', async () => {
    const variants = [
      picture(1).jpeg({ quality: 95 }),
      picture(1).jpeg({ quality: 30 }),
      sharp(await picture(1).png().toBuffer())
        .resize(150)
        .jpeg(),
      sharp(await picture(1).png().toBuffer())
        .rotate(90)
        .jpeg(),
      picture(2).jpeg(),
    ]
    const looked: { hash: string; small: Uint8Array }[] = []
    for (const [i, variant] of variants.entries()) {
      const file = await put(folder.path(`${i}.jpg`), await variant.toBuffer())
      looked.push({ hash: String(i), small: (await measurePhoto(file)).small })
    }
    const { same, alike: groups } = await likenessOf(looked, undefined)
    expect(same).toEqual([])
    expect(groups).toEqual([[0, 1, 2, 3]])
  })

  it('tells a blurred picture from a sharp one, and a damaged file that can still be shown', async () => {
    const sharpFile = await put(folder.path('sharp.jpg'), await picture(3).jpeg().toBuffer())
    const blurredFile = await put(folder.path('blurred.jpg'), await picture(3).blur(12).jpeg().toBuffer())
    const [clear, soft] = [await measurePhoto(sharpFile), await measurePhoto(blurredFile)]
    expect(clear.sharpness).toBeGreaterThan(20 * soft.sharpness)
    expect(clear.damage).toBeNull()
    const bytes = await picture(3).jpeg({ quality: 95 }).toBuffer()
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 600)
    const damaged = await put(folder.path('damaged.jpg'), bytes)
    expect((await measurePhoto(damaged)).damage).not.toBeNull()
  })
})
