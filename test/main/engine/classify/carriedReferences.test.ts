import { expect, it } from 'vitest'
import {
  carriedPhotos,
  packReferences,
  referencesFrom,
} from '../../../../src/main/engine/classify/carriedReferences.ts'
import { References } from '../../../../src/main/engine/classify/strangers.ts'
import { carriedBy } from '../../../../src/shared/carried.ts'
import { randomFor } from '../../../../src/shared/random.ts'

const rows = 60
const columns = 40
const random = randomFor(7, 'head', 0)
const values = Float32Array.from({ length: rows * columns }, () => random.uniform())
const packed = packReferences({ values, rows, columns })!

it('Distances to what a file takes along are those to the features themselves, to a hundredth', () => {
  const whole = new References({ values, rows, columns })
  const carried = referencesFrom(packed)
  expect(carried.channels).toBe(columns)
  for (let n = 0; n < 20; n += 1) {
    const photo = Float32Array.from({ length: columns }, () => random.uniform() * 9)
    expect(carried.distance(photo)).toBeCloseTo(whole.distance(photo), 2)
    const opposite = photo.map((it) => -it)
    expect(carried.distance(opposite)).toBeCloseTo(whole.distance(opposite), 2)
  }
})

it('A file takes along at most a few hundred photos, fewer the more channels they have', () => {
  expect(carriedPhotos(16)).toBe(500)
  expect(carriedPhotos(1280)).toBe(390)
  expect(carriedPhotos(1e9)).toBe(1)
})

it('No photos are no references', () => {
  expect(packReferences({ values: new Float32Array(0), rows: 0, columns })).toBeNull()
})

it('References of another size than they say, or that are no base64, are taken for missing', () => {
  const read = (references: object) => carriedBy({ references: JSON.stringify(references) }).references
  expect(read(packed)).toEqual(packed)
  expect(read({ ...packed, photos: rows + 3 })).toBeNull()
  expect(read({ ...packed, channels: 0 })).toBeNull()
  expect(read({ ...packed, directions: '*'.repeat(packed.directions.length) })).toBeNull()
})
