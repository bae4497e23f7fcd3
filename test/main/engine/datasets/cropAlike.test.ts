import { expect, it } from 'vitest'
import { cropsAlike } from '../../../../src/main/engine/datasets/cropAlike.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../../src/shared/dataset.ts'

const photo = (path: string, width: number, height: number): BrowsedPhoto => ({
  ...{ path, class: 0, split: 'train', bytes: 1, modified: 1, width, height, out: false },
})
const dataset: BrowsedDataset = {
  ...{ folder: '/photos', layout: 'class-folders', classes: ['ants'], unreadable: [] },
  photos: [photo('a', 400, 300), photo('large', 4000, 3000), photo('tall', 300, 400), photo('tiny', 20, 6)],
}

it('The same part of each photo is cropped, whatever its size', () => {
  const box = { left: 100, top: 60, width: 200, height: 150 }
  expect(cropsAlike(dataset, ['a', 'large', 'tall'], 'a', box)).toEqual([
    box,
    { left: 1000, top: 600, width: 2000, height: 1500 },
    { left: 75, top: 80, width: 150, height: 200 },
  ])
})

it('A crop stays in its photo, and keeps a few pixels where there are some', () => {
  const corner = { left: 390, top: 290, width: 10, height: 10 }
  expect(cropsAlike(dataset, ['tiny', 'large'], 'a', corner)).toEqual([
    { left: 12, top: 0, width: 8, height: 6 },
    { left: 3900, top: 2900, width: 100, height: 100 },
  ])
})

it('A photo that the dataset does not have is refused', () => {
  const box = { left: 0, top: 0, width: 20, height: 20 }
  for (const [paths, of] of [
    [['a', 'none'], 'a'],
    [['a'], 'none'],
  ] as const)
    expect(() => cropsAlike(dataset, paths, of, box)).toThrow(
      expect.objectContaining({ code: 'photos.unknown', parameters: { count: 1, photo: 'none' } }),
    )
})
