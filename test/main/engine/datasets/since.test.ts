import { expect, test } from 'vitest'
import { differencesSince } from '../../../../src/main/engine/datasets/since.ts'
import type { BrowsedDataset, BrowsedPhoto, Photo } from '../../../../src/shared/dataset.ts'

const box = { left: 0, top: 0, width: 5, height: 5 }
const photo = (path: string, label: number): Photo => ({
  ...{ path, class: label, split: 'train' },
  ...{ width: 10, height: 10, bytes: 1, modified: 1 },
})
const then = {
  classes: ['ants', 'bees'],
  dataset: {
    ...{ folder: '/photos', layout: 'class-folders' as const, unreadable: 0 },
    photos: [
      photo('same', 0),
      photo('other label', 0),
      photo('none', 0),
      photo('out', 1),
      photo('part', 1),
    ].concat({ ...photo('crop', 1), crop: box }, { ...photo('uncropped', 1), crop: box }, photo('gone', 1)),
  },
}

/** As it is now: classes stand in another order, since one has come. */
function now(photos: Partial<BrowsedPhoto>[], classes = ['adders', 'ants', 'bees']): BrowsedDataset {
  const browsed = photos.map((it) => ({ ...photo(it.path!, 0), out: false, ...it }))
  return {
    ...{ folder: '/photos', layout: 'class-folders', unreadable: [] },
    ...{ classes, photos: browsed },
  } as unknown as BrowsedDataset
}

/** They lie where they were. */
const where = (photo: string) => photo

test('What became of a run’s photos is told by kind; the place of a class among others is no difference', () => {
  const found = differencesSince(
    then,
    now([
      { path: 'same', class: 1 },
      { path: 'other label', class: 2 },
      { path: 'none', class: null },
      { path: 'out', class: 2, out: true },
      { path: 'part', class: 2, split: 'val' },
      { path: 'crop', class: 2, crop: { ...box, left: 1 } },
      { path: 'uncropped', class: 2 },
      { path: 'new', class: 1 },
      { path: 'new without label', class: null },
      { path: 'new and left out', class: 1, out: true },
    ]),
    where,
  )
  expect(found).toEqual({
    relabelled: ['other label', 'none'],
    leftOut: ['out'],
    moved: ['part'],
    cropped: ['crop', 'uncropped'],
    added: ['new'],
    gone: ['gone'],
  })
})

test('A class that was renamed since is another label', () => {
  const found = differencesSince(then, now([{ path: 'same', class: 0 }], ['emmets', 'bees']), where)
  expect(found.relabelled).toEqual(['same'])
})

test('A photo of an archive that was packed again since is neither gone nor added', () => {
  const before = {
    ...then,
    dataset: { ...then.dataset, photos: [{ ...then.dataset.photos[0]!, path: '../s/more-1/a.jpg' }] },
  }
  const after = now([{ path: '../s/more-2/a.jpg', class: then.dataset.photos[0]!.class }])
  const found = differencesSince(before, after, (it) => it.replace('more-1', 'more-2'))
  expect([found.gone, found.added]).toEqual([[], []])
  expect(differencesSince(before, after, where).gone).toEqual(['../s/more-1/a.jpg'])
})
