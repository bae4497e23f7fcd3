import { expect, test } from 'vitest'
import { trainable, undecided } from '../../../../src/main/engine/datasets/browse.ts'
import { Photo } from '../../../../src/shared/dataset.ts'
import type { ScannedDataset } from '../../../../src/shared/dataset.ts'

const photo = (path: string, place: number) => ({
  path,
  class: place,
  split: 'train' as const,
  bytes: 1,
  modified: 1,
  width: 8,
  height: 8,
  signature: '0'.repeat(32),
})

test('A run can read again what it was told of its photos: what only a scan needs is not among it', () => {
  const scan: ScannedDataset = {
    folder: '/photos',
    layout: 'class-folders',
    classes: ['ants', 'bees'],
    photos: [photo('ants/1.jpg', 0), photo('bees/1.jpg', 1)],
    unreadable: [],
  }
  for (const one of trainable(undecided(scan)).photos) expect(Photo.safeParse(one).error).toBeUndefined()
})
