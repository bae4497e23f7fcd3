import { describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { slowNamesOf, withGroups } from '../../../../src/main/engine/datasets/groups.ts'
import { groupingOf } from '../../../../src/main/engine/datasets/leaks.ts'
import { trainable, undecided } from '../../../../src/main/engine/datasets/browse.ts'
import { drawSplits } from '../../../../src/main/engine/datasets/split.ts'
import { lookAt } from '../../../../src/main/engine/photos/look.ts'
import type { ScannedDataset, ScannedPhoto } from '../../../../src/shared/dataset.ts'
import { Photo } from '../../../../src/shared/dataset.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const start = Date.UTC(2026, 4, 1, 12)

const photo = (path: string, more: Partial<ScannedPhoto> = {}): ScannedPhoto => ({
  ...{ path, class: 0, split: 'train', bytes: 1, modified: 0, width: 10, height: 10 },
  ...more,
})
const scanOf = (photos: ScannedPhoto[]): ScannedDataset => ({
  ...{ folder: '/photos', layout: 'class-folders', classes: ['ants', 'bees'], photos, unreadable: [] },
})
const groups = (photos: ScannedPhoto[], rules: Partial<GroupRules> = {}) =>
  withGroups(scanOf(photos), GroupRules.parse(rules)).photos.map(({ group }) => group)

describe('photos belong together', () => {
  it('as a burst of one camera, each at most ten seconds after the one before', () => {
    const at = (seconds: number, camera = 'Canon') => ({ taken: start + seconds * 1000, camera })
    const photos = [
      photo('a', at(0)),
      photo('b', at(20)),
      photo('c', at(10)),
      photo('d', at(30.001)),
      photo('e', at(5, 'Nikon')),
      photo('f'),
    ]
    expect(groups(photos)).toEqual(['a', 'a', 'a', undefined, undefined, undefined])
    expect(groups(photos, { burstSeconds: 11 })).toEqual(['a', 'a', 'a', 'a', undefined, undefined])
    expect(groups(photos, { burstSeconds: 0 })).toEqual(Array(6).fill(undefined))
  })

  it('by what the person names: a level of folders, the day, the camera, a pattern in the name', () => {
    const photos = [
      photo('garden/ants/IMG-17_a.jpg', { taken: start, camera: 'x' }),
      photo('garden/bees/IMG-18_b.jpg', { taken: start + 3_600_000, camera: 'y' }),
      photo('wood/ants/IMG-17_c.jpg', { taken: start + 86_400_000, camera: 'x' }),
    ]
    const [first] = photos.map(({ path }) => path)
    expect(groups(photos, { folderLevel: 1 })).toEqual([first, first, undefined])
    expect(groups(photos, { day: true })).toEqual([first, first, undefined])
    expect(groups(photos, { camera: true })).toEqual([first, undefined, first])
    expect(groups(photos, { pattern: 'IMG-(\\d+)' })).toEqual([first, undefined, first])
    expect(groups(photos, { pattern: '(' })).toEqual([undefined, undefined, undefined])
    const foxes = ['여우_1.jpg', '여우_2.jpg'.normalize('NFD'), '곰_1.jpg']
    const named = groups(
      foxes.map((name) => photo(`a/${name}`)),
      { pattern: '^(여우|곰)_' },
    )
    expect(named).toEqual([`a/${foxes[0]}`, `a/${foxes[0]}`, undefined])
    expect(groups(photos, { folderLevel: 1, camera: true })).toEqual([first, first, first])
    const deep = ['garden/ants/1.jpg', 'garden/ants/2.jpg', 'garden/3.jpg']
    expect(
      groups(
        deep.map((path) => photo(path, {})),
        { folderLevel: 2 },
      ),
    ).toEqual([deep[0], deep[0], undefined])
    const beside = [
      'garden/3.jpg',
      'garden/4.jpg',
      '../wood/5.jpg',
      '../wood/6.jpg',
      '../sea/7.jpg',
      '../8.jpg',
    ]
    const inLevels = (folderLevel: number) =>
      groups(
        beside.map((path) => photo(path)),
        { folderLevel },
      )
    expect(inLevels(1)).toEqual([beside[0], beside[0], beside[2], beside[2], undefined, undefined])
    expect(inLevels(2)).toEqual(Array(6).fill(undefined))
  })

  it('by what a pattern finds, not by what it does not find: an empty match names nothing', () => {
    const photos = ['7_a.jpg', 'b.jpg', 'c.jpg', '7_d.jpg'].map((path) => photo(path))
    for (const pattern of ['^\\d*', '^(\\d*)', '^(\\d)?'])
      expect(groups(photos, { pattern })).toEqual(['7_a.jpg', undefined, undefined, '7_a.jpg'])
  })

  it('by a pattern that takes forever on one name, as photos that come later may have it: of the others as before, and that is told', () => {
    const slow = photo(`${'a'.repeat(60)}.jpg`)
    const quick = ['aa', 'b/aa', 'b/b'].map((path) => photo(path))
    const rules = (pattern: string | null) => GroupRules.parse({ pattern })
    const groupsIn = (scan: ScannedDataset, pattern: string | null) =>
      withGroups(scan, rules(pattern)).photos.map(({ group }) => group)
    for (const photos of [
      [slow, ...quick],
      [...quick, slow],
    ]) {
      const scan = scanOf(photos)
      const before = groupsIn(scanOf(quick), '(a+)+$')
      expect(before).toEqual(['aa', 'aa', undefined])
      const now = groupsIn(scan, '(a+)+$')
      expect(now.filter((_, i) => photos[i] !== slow)).toEqual(before)
      expect(slowNamesOf(scan)).toBe(1)
      groupsIn(scan, null)
      expect(slowNamesOf(scan)).toBe(0)
    }
  })

  it('by no pattern that takes forever on all names: the dataset is there all the same, after a while', () => {
    const scan = scanOf(Array.from({ length: 100 }, (_, i) => photo(`${i}/${'a'.repeat(60)}.jpg`)))
    const began = performance.now()
    const { photos } = withGroups(scan, GroupRules.parse({ pattern: '(a+)+$', burstSeconds: 0 }))
    expect(photos.every(({ group }) => group === undefined)).toBe(true)
    expect(slowNamesOf(scan)).toBe(100)
    // 25 seconds of it each alone.
    expect(performance.now() - began).toBeLessThan(15_000)
  })

  it('by no pattern that is none, which a journal may hold', () => {
    expect(groups([photo('a'), photo('b')], { pattern: '(' })).toEqual([undefined, undefined])
  })

  it('as near-duplicates of other sizes and qualities, while even walls and other photos do not', async () => {
    const noise = (seed: number) =>
      Buffer.from(Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * i * seed * 37 + i * 71 * seed) % 256))
    const picture = (seed: number, width: number, quality: number) =>
      sharp(noise(seed), { raw: { width: 8, height: 6, channels: 3 } })
        .resize(width, Math.round(width * 0.75), { kernel: 'cubic' })
        .jpeg({ quality })
        .toBuffer()
    const wall = (grey: number) =>
      sharp({ create: { width: 64, height: 64, channels: 3, background: { r: grey, g: grey, b: grey } } })
        .jpeg()
        .toBuffer()
    const files = [
      await picture(3, 640, 90),
      await picture(3, 200, 40),
      await picture(5, 640, 90),
      await wall(90),
      await wall(200),
    ]
    const photos: ScannedPhoto[] = []
    for (const [i, bytes] of files.entries()) {
      await put(folder.path(`${i}.jpg`), bytes)
      photos.push(photo(`${i}.jpg`, await lookAt(folder.path(`${i}.jpg`))))
    }
    expect(groups(photos)).toEqual(['0.jpg', '0.jpg', undefined, undefined, undefined])
    expect(groups([photo('x', { hash: 'h' }), photo('y', { hash: 'h' })])).toEqual(['x', 'x'])
    expect(groups(photos, { nearDuplicates: false })).toEqual(Array(5).fill(undefined))
  })
})

describe('a drawn split', () => {
  it('parts no group, keeps the shares of each class near, and is the seed’s', () => {
    const photos = Array.from({ length: 200 }, (_, i) => ({
      class: i < 120 ? 0 : 1,
      group: i % 3 === 0 ? undefined : `g${Math.floor(i / 6)}`,
    }))
    const splits = drawSplits(photos, 7, { val: 0.2, test: 0.1 })
    for (const members of Map.groupBy(photos.keys(), (i) => photos[i]!.group ?? i).values())
      expect(new Set(members.map((i) => splits[i])).size).toBe(1)
    const share = (index: number, part: string) => {
      const mine = [...photos.keys()].filter((i) => photos[i]!.class === index)
      return mine.filter((i) => splits[i] === part).length / mine.length
    }
    for (const index of [0, 1]) {
      expect(Math.abs(share(index, 'val') - 0.2)).toBeLessThan(0.04)
      expect(Math.abs(share(index, 'test') - 0.1)).toBeLessThan(0.04)
    }
    expect(drawSplits(photos, 7, { val: 0.2, test: 0.1 })).toEqual(splits)
    expect(drawSplits(photos, 8, { val: 0.2, test: 0.1 })).not.toEqual(splits)
  })

  it('keeps one group to train with, and the smaller of two large ones to validate', () => {
    const two = [...Array<string>(9).fill('a'), ...Array<string>(6).fill('b')].map((group) => ({
      class: 0,
      group,
    }))
    const splits = drawSplits(two, 1, { val: 0.2, test: 0 })
    expect(splits.filter((it) => it === 'val')).toHaveLength(6)
    expect(new Set(drawSplits(two.slice(0, 9), 1, { val: 0.5, test: 0.4 }))).toEqual(new Set(['train']))
  })

  it('leaves one of two photos to train with, whatever share is asked for, and takes none for no share', () => {
    const two = [{ class: 0 }, { class: 0 }]
    expect(drawSplits(two, 1, { val: 0.9, test: 0 }).toSorted()).toEqual(['train', 'val'])
    expect(drawSplits(two, 1, { val: 0, test: 0.9 }).toSorted()).toEqual(['test', 'train'])
    expect(drawSplits(two, 1, { val: 0, test: 0 })).toEqual(['train', 'train'])
  })
})

it('A photo with all that a look tells of it is one that a run can keep', () => {
  const full = photo('a', { signature: '00'.repeat(16), hash: 'h', taken: 1, camera: 'c', keywords: ['k'] })
  const [kept] = trainable(undecided(withGroups(scanOf([full]), GroupRules.parse({})))).photos
  expect(Photo.parse(kept)).toEqual(kept)
})

it('Given parts are kept, and a group that lies in two of them is named; so is a class that is one group', () => {
  const hash = { hash: 'same' }
  const scan = withGroups(
    scanOf([
      photo('train/ants/1', hash),
      photo('val/ants/2', { ...hash, split: 'val' }),
      photo('train/bees/3', { class: 1, hash: 'x' }),
      photo('train/bees/4', { class: 1, hash: 'x' }),
    ]),
    GroupRules.parse({}),
  )
  expect(groupingOf(undecided(scan))).toEqual({
    groups: 2,
    grouped: 4,
    leaks: [
      [
        { path: 'train/ants/1', split: 'train' },
        { path: 'val/ants/2', split: 'val' },
      ],
    ],
    undivided: ['ants', 'bees'],
  })
})

it('What is left out leaks nothing, and of a class of one photo it is not told that it is one group', () => {
  const scan = scanOf([
    photo('train/ants/1'),
    photo('val/bees/2', { class: 1 }),
    photo('val/bees/3', { class: 1 }),
  ])
  expect(groupingOf(undecided(scan)).undivided).toEqual([])
  const { photos, ...rest } = undecided(scan)
  const burst = photos.map((one, i) => ({ ...one, group: 'train/ants/1', out: i > 0 }))
  expect(groupingOf({ ...rest, photos: burst })).toEqual({ groups: 0, grouped: 0, leaks: [], undivided: [] })
})
