import { expect, it } from 'vitest'
import { watchedIndices } from '../../../../src/main/engine/evaluation/watchedPhotos.ts'
import type { Photo } from '../../../../src/shared/dataset.ts'

const photosOf = (...counts: number[]) =>
  counts.flatMap((count, of) => Array.from({ length: count }, () => ({ class: of }) as Photo))

it('draws each class in turn, none twice, the same at each call and others with another seed', () => {
  const photos = photosOf(70, 2, 83)
  const indices = watchedIndices(photos, 7, 12)
  expect(new Set(indices).size).toBe(12)
  const perClass = [0, 1, 2].map((of) => indices.filter((index) => photos[index]!.class === of).length)
  expect(perClass).toEqual([5, 2, 5])
  expect(watchedIndices(photos, 7, 12)).toEqual(indices)
  expect(watchedIndices(photos, 8, 12)).not.toEqual(indices)
})

it('takes all where there are few, and none where there are none', () => {
  expect(watchedIndices(photosOf(2, 1), 1, 12).toSorted()).toEqual([0, 1, 2])
  expect(watchedIndices([], 1, 12)).toEqual([])
})
