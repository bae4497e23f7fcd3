import { describe, expect, it } from 'vitest'
import { requireTrainable } from '../../../../src/main/engine/datasets/requireTrainable.ts'
import type { Dataset, Split } from '../../../../src/shared/dataset.ts'

/** A dataset of photos given as "train/a". */
function dataset(classes: string[], places: string[], more: Partial<Dataset> = {}): Dataset {
  const photos = places.map((place, i) => {
    const [split, name] = place.split('/') as [Split, string]
    const about = { bytes: 1, modified: 1, width: 1, height: 1 }
    return { path: `${place}/${i}.jpg`, class: classes.indexOf(name), split, ...about }
  })
  return { folder: '/photos', layout: 'split-folders', classes, photos, unreadable: [], ...more }
}
const bad = (path: string) => ({ path, code: 'photo.empty', message: '', advice: '', parameters: {} })
const drawn = { layout: 'class-folders' } as const
const four = ['train/a', 'train/b', 'val/a', 'val/b']

describe('what can be trained on', () => {
  it.each([
    ['two classes in both halves', dataset(['a', 'b'], four)],
    [
      'a class of one photo where the split is drawn',
      dataset(['a', 'b'], ['train/a', 'val/a', 'train/b'], drawn),
    ],
    ['bad photos beside good ones', dataset(['a', 'b'], four, { unreadable: [bad('val/a/x.jpg')] })],
  ])('%s', (_, given) => {
    expect(() => {
      requireTrainable(given)
    }).not.toThrow()
  })
})

describe('what cannot', () => {
  it.each([
    [
      'photos without classes',
      dataset([], [], { layout: 'flat' }),
      'dataset.no-labels',
      { folder: '/photos' },
    ],
    [
      'a list of photos without classes',
      dataset([], [], { layout: 'list', source: '/lists/all.csv' }),
      'dataset.no-labels',
      { folder: '/lists/all.csv' },
    ],
    ['no photos', dataset([], []), 'dataset.no-photos', { folder: '/photos' }],
    ['no readable photos', dataset(['a', 'b'], []), 'dataset.no-photos', {}],
    ['one class', dataset(['a'], ['train/a', 'val/a']), 'dataset.one-class', { class: 'a' }],
    [
      'one class beside an empty one',
      dataset(['a', 'b'], ['train/b', 'val/b']),
      'dataset.one-class',
      { class: 'b' },
    ],
    [
      'an empty class',
      dataset(['a', 'b', 'c'], ['train/a', 'val/a', 'train/c', 'val/c'], drawn),
      'dataset.empty-class',
      { class: 'b', split: 'to-train' },
    ],
    [
      'a class that has a folder in one half only',
      dataset(['a', 'b', 'c'], [...four, 'train/c']),
      'dataset.unequal-classes',
      { classes: '“c”' },
    ],
    [
      'a class whose folder in val/ is empty',
      dataset(['a', 'b'], four.slice(0, 3), { emptyFolders: ['val/b'] }),
      'dataset.empty-class',
      { class: 'b', split: 'to-validate' },
    ],
    [
      'a class whose photos in train/ are all unreadable',
      dataset(['a', 'b'], ['train/a', 'val/a', 'val/b'], { unreadable: [bad('train/b/x.jpg')] }),
      'dataset.empty-class',
      { class: 'b', split: 'to-train' },
    ],
    [
      'nothing to validate with',
      dataset(['a', 'b'], ['train/a', 'train/b'], drawn),
      'dataset.empty-class',
      { class: 'a', split: 'to-validate' },
    ],
  ])('%s', (_, given, code, parameters) => {
    expect(() => {
      requireTrainable(given)
    }).toThrow(expect.objectContaining({ code, parameters: expect.objectContaining(parameters) }))
  })
})
