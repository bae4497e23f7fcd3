import { describe, expect, it } from 'vitest'
import type { Figures } from '../../../../src/main/engine/datasets/figures.ts'
import { noFigures } from '../../../../src/main/engine/datasets/figures.ts'
import { countsUnder, matching } from '../../../../src/main/engine/datasets/query.ts'
import { PhotoFilter, PhotoQuery } from '../../../../src/shared/api/datasets.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../../src/shared/dataset.ts'

const photo = (path: string, of: Partial<BrowsedPhoto> = {}): BrowsedPhoto => ({
  path,
  class: 0,
  split: 'train',
  bytes: 1,
  modified: 1,
  width: 40,
  height: 30,
  out: false,
  ...of,
})
const dataset: BrowsedDataset = {
  folder: '/photos',
  layout: 'class-folders',
  classes: ['ants', 'bees'],
  unreadable: [],
  photos: [
    photo('ants/Z.jpg', { width: 90 }),
    photo('ants/a.jpg', { keywords: ['Größe'] }),
    photo('bees/𝒳.jpg', { class: 1, split: 'val' }),
    photo('bees/\uff21.jpg', { class: 1, out: true }),
    photo('c.jpg', { class: null, width: 30 }),
  ],
}
const figures: Figures = {
  findings: new Map([['ants/a.jpg', ['blurred', 'leak']]]),
  answers: new Map([
    ['ants/Z.jpg', { class: 'ants', probability: 0.9 }],
    ['bees/𝒳.jpg', { class: 'ants', probability: 0.6 }],
    ['c.jpg', { class: 'ants', probability: 0.7 }],
  ]),
  certainty: new Map([
    ['ants/Z.jpg', 0.9],
    ['bees/𝒳.jpg', 0.2],
  ]),
  unusual: new Map([
    ['ants/Z.jpg', 0.1],
    ['c.jpg', 0.8],
    ['ants/a.jpg', 0.3],
  ]),
}
const asked = (of: Partial<PhotoQuery>, known = figures) =>
  matching(dataset, PhotoQuery.parse({ dataset: 'one', order: 'split', ...of }), known).found.map(
    ({ path }) => path,
  )
const all = dataset.photos.map(({ path }) => path)

describe('a query', () => {
  it('combines filters by and, values within one by or', () => {
    expect(asked({ classes: [1, -1] })).toEqual(['bees/𝒳.jpg', 'bees/\uff21.jpg', 'c.jpg'])
    expect(asked({ classes: [1], splits: ['val'] })).toEqual(['bees/𝒳.jpg'])
    expect(asked({ findings: ['leak', 'tiny'] })).toEqual(['ants/a.jpg'])
    expect(asked({ out: true })).toEqual(['bees/\uff21.jpg'])
  })

  it('finds text in names and keywords, whatever its case and however it is composed', () => {
    expect(asked({ search: 'GRÖSSE'.replace('SS', 'ß') })).toEqual(['ants/a.jpg'])
    expect(asked({ search: 'größe'.normalize('NFD') })).toEqual(['ants/a.jpg'])
    expect(asked({ search: 'ANTS/' })).toHaveLength(2)
  })

  it('finds Korean while a syllable is being typed, and by initial consonants', () => {
    const paths = ['가방/사진_01.jpg', '여왕벌/b.jpg'.normalize('NFD'), 'ants/값.jpg']
    const some = { ...dataset, photos: paths.map((path) => photo(path)) }
    const found = (search: string) =>
      matching(some, PhotoQuery.parse({ dataset: 'one', order: 'split', search })).found.map(({ path }) =>
        paths.indexOf(path),
      )
    // 가방 is typed by way of 갑, which is also how 값 begins.
    for (const typed of ['가', '갑']) expect(found(typed)).toEqual([0, 2])
    for (const typed of ['가바', '가방', '가방/사']) expect(found(typed)).toEqual([0])
    for (const typed of ['버', '와', '왕ㅂ', '버'.normalize('NFD')]) expect(found(typed)).toEqual([1])
    expect(found('ants/ㄱ')).toEqual([2])
    for (const typed of ['ㅅㅈ', 'ㄱㅂ', 'ㅄ']) expect(found(typed)).toEqual(typed === 'ㅄ' ? [] : [0])
    expect(found('ㅇㅇㅂ')).toEqual([1])
    expect(found('벌ㅓ')).toEqual([])
    expect(found('ㅈ_01')).toEqual([])
  })

  it('finds each photo once, the last one too, and no text that reaches from one photo into the next', () => {
    const keywords = ['nest\0', 'ants nest']
    const some = { ...dataset, photos: [photo('ants/a.jpg', { keywords }), photo('İ.jpg'), photo('ant.jpg')] }
    const found = (search: string) =>
      matching(some, PhotoQuery.parse({ dataset: 'one', order: 'split', search })).found.map(
        ({ path }) => path,
      )
    expect(found('ant')).toEqual(['ants/a.jpg', 'ant.jpg'])
    expect(found('i')).toEqual(['İ.jpg'])
    expect(found('nestİ')).toEqual([])
    expect(found('jpg')).toEqual(['ants/a.jpg', 'İ.jpg', 'ant.jpg'])
    for (const none of ['\0', 'nest\0i', '.jpg\0ant']) expect(found(none)).toEqual([])
  })

  it('sorts names by code point, also beyond the first 65,536', () => {
    expect(asked({ order: 'name' })).toEqual([
      'ants/Z.jpg',
      'ants/a.jpg',
      'c.jpg',
      'bees/\uff21.jpg',
      'bees/𝒳.jpg',
    ])
    expect(asked({ order: 'name', descending: true })).toEqual(asked({ order: 'name' }).toReversed())
  })

  it('puts what is least certain, most unusual and most cut first, and what nothing is known of last', () => {
    expect(asked({ order: 'certainty' }).slice(0, 2)).toEqual(['bees/𝒳.jpg', 'ants/Z.jpg'])
    expect(asked({ order: 'unusual' }).slice(0, 3)).toEqual(['c.jpg', 'ants/a.jpg', 'ants/Z.jpg'])
    expect(asked({ order: 'certainty' }, noFigures)).toEqual(all)
    expect(asked({ order: 'cut' })[0]).toBe('ants/Z.jpg')
    expect(asked({ order: 'cut' }).at(-1)).toBe('c.jpg')
  })

  it('holds a run’s answers against the labels of now', () => {
    expect(asked({ outcomes: ['right'] })).toEqual(['ants/Z.jpg'])
    expect(asked({ outcomes: ['wrong'] })).toEqual(['bees/𝒳.jpg'])
    expect(asked({ outcomes: ['unasked'] })).toEqual(['ants/a.jpg', 'bees/\uff21.jpg', 'c.jpg'])
    const relabelled = { ...dataset, photos: dataset.photos.map((it) => ({ ...it, class: 0 })) }
    const query = PhotoQuery.parse({ dataset: 'one', outcomes: ['wrong'] })
    expect(matching(relabelled, query, figures).found).toEqual([])
  })

  it('gives the order of a list of photos, and heads over groups', () => {
    expect(asked({ only: ['c.jpg', 'ants/a.jpg'], order: 'only' })).toEqual(['c.jpg', 'ants/a.jpg'])
    const query = PhotoQuery.parse({ dataset: 'one', groupBy: 'class' })
    expect(matching(dataset, query, figures).heads).toEqual([
      { key: '0', from: 0, count: 2 },
      { key: '1', from: 2, count: 2 },
      { key: null, from: 4, count: 1 },
    ])
  })
})

it('each count is what a value would give under the other filters', () => {
  const filter = PhotoFilter.parse({ classes: [1], out: false, outcomes: ['wrong'] })
  const counts = countsUnder(dataset, filter, figures)
  for (const split of ['train', 'val', 'test'] as const)
    expect(counts.splits[split]).toBe(asked({ ...filter, splits: [split] }).length)
  for (const index of [0, 1])
    expect(counts.classes[index]).toBe(asked({ ...filter, classes: [index] }).length)
  for (const outcome of ['right', 'wrong', 'unasked'] as const)
    expect(counts.outcomes[outcome]).toBe(asked({ ...filter, outcomes: [outcome] }).length)
  expect(counts).toMatchObject({ found: 1, total: 5, used: 1, out: 0 })
  expect(countsUnder(dataset, PhotoFilter.parse({}), figures).findings).toEqual({ blurred: 1, leak: 1 })
})
