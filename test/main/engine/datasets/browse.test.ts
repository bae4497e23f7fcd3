import { describe, expect, it, test } from 'vitest'
import { browsed, trainable, undecided } from '../../../../src/main/engine/datasets/browse.ts'
import { Decisions } from '../../../../src/main/engine/datasets/decisions.ts'
import type { ActEntry } from '../../../../src/main/engine/datasets/journal.ts'
import { Photo } from '../../../../src/shared/dataset.ts'
import type { ScannedDataset } from '../../../../src/shared/dataset.ts'

const photo = (path: string, index: number) => ({
  path,
  class: index,
  split: 'train' as const,
  bytes: 1,
  modified: 1,
  width: 8,
  height: 8,
  signature: '0'.repeat(32),
  colours: '0'.repeat(96),
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

describe('a capture group of which a person moved photos to another part', () => {
  const burst = (size: number) => Array.from({ length: size }, (_, i) => `ants/${i}.jpg`)
  const partsOf = (
    size: number,
    moved: Record<string, 'val' | 'test'>,
    more: Partial<ScannedDataset> = {},
  ) => {
    const scan: ScannedDataset = {
      ...{ folder: '/photos', layout: 'class-folders', classes: ['ants', 'bees'], unreadable: [] },
      photos: [
        ...burst(size).map((path) => ({ ...photo(path, 0), group: 'ants/0.jpg' })),
        photo('bees/1.jpg', 1),
      ],
      ...more,
    }
    const entries = Object.entries(moved).map(([path, part], i): ActEntry => ({
      ...{ kind: 'act', n: i + 1, at: '2026-05-01T12:00:00.000Z', photos: [path] },
      ...{ act: { type: 'part', part }, summary: { code: 'parted', parameters: {} } },
    }))
    return browsed(scan, Decisions.of(entries))
      .photos.map(({ path, split }) => `${path} ${split}`)
      .toSorted()
  }

  it('takes along what joined it since', () => {
    expect(partsOf(3, { 'ants/0.jpg': 'val', 'ants/2.jpg': 'val' })).toEqual([
      'ants/0.jpg val',
      'ants/1.jpg val',
      'ants/2.jpg val',
      'bees/1.jpg train',
    ])
  })

  it('takes nothing along where less than half of it was moved, or to several parts, or where the folder gives the parts', () => {
    const stays = ['ants/1.jpg train', 'bees/1.jpg train']
    expect(partsOf(3, { 'ants/0.jpg': 'val' })).toEqual(expect.arrayContaining(stays))
    expect(partsOf(3, { 'ants/0.jpg': 'val', 'ants/2.jpg': 'test' })).toEqual(expect.arrayContaining(stays))
    expect(partsOf(2, { 'ants/0.jpg': 'val' }, { layout: 'split-folders' })).toEqual(
      expect.arrayContaining(stays),
    )
  })
})
