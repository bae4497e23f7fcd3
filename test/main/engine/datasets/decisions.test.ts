import { expect, it } from 'vitest'
import { browsed } from '../../../../src/main/engine/datasets/browse.ts'
import { Decisions } from '../../../../src/main/engine/datasets/decisions.ts'
import type { JournalEntry } from '../../../../src/main/engine/datasets/journal.ts'
import { withGroups } from '../../../../src/main/engine/datasets/groups.ts'
import { nearDuplicates } from '../../../../src/main/engine/datasets/nearDuplicates.ts'
import { drawSplits } from '../../../../src/main/engine/datasets/split.ts'
import type { ScannedDataset, ScannedPhoto } from '../../../../src/shared/dataset.ts'
import type { Act } from '../../../../src/shared/decisions.ts'
import { randomFor } from '../../../../src/shared/random.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'

const at = '2026-11-30T00:00:00.000Z'
const summary = { code: 'labelled', parameters: {} } as const
const act = (n: number, what: Act, ...photos: string[]): JournalEntry => ({
  ...{ kind: 'act', n, at, summary },
  ...{ act: what, photos },
})
const label = (n: number, name: string, ...photos: string[]) =>
  act(n, { type: 'label', classes: [name] }, ...photos)
const labelled = (decisions: Decisions, photo = 'a.jpg') => decisions.about(photo)?.labels?.[0]

it('What was undone cannot be done again after another act', () => {
  const first = [label(1, 'ants', 'a.jpg'), { kind: 'undo', n: 2, at, of: 1 } as const]
  expect(Decisions.of(first).next?.n).toBe(1)
  const decisions = Decisions.of([...first, label(3, 'bees', 'a.jpg')])
  expect(decisions.next).toBeUndefined()
  decisions.take({ kind: 'redo', n: 4, at, of: 1 })
  expect(labelled(decisions)).toBe('bees')
  expect(decisions.last?.n).toBe(3)
})

it('An old state has the group rules, the sources and the names of then, and undo those of now', () => {
  const rules = GroupRules.parse({ burstSeconds: 3 })
  const decisions = Decisions.of([
    act(1, { type: 'groups', rules }),
    act(2, { type: 'addSource', source: '/more' }),
    act(3, { type: 'rename', from: 'ants', to: 'formicidae' }),
    act(4, { type: 'groups', rules: GroupRules.parse({ burstSeconds: 60 }) }),
    act(5, { type: 'removeSource', source: '/more' }),
    act(6, { type: 'rename', from: 'formicidae', to: 'insects' }),
  ])
  const told = () => [decisions.rules.burstSeconds, decisions.sources, decisions.nameOf('ants')]
  expect(told()).toEqual([60, [], 'insects'])
  decisions.take(act(7, { type: 'restore', entry: 3 }))
  expect(told()).toEqual([3, ['/more'], 'formicidae'])
  decisions.take({ kind: 'undo', n: 8, at, of: 7 })
  expect(told()).toEqual([60, [], 'insects'])
})

it('A class that is renamed twice is known by what its folder is called, and its labels go along', () => {
  const decisions = Decisions.of([
    label(1, 'ants', 'a.jpg'),
    act(2, { type: 'rename', from: 'ants', to: 'formicidae' }),
    act(3, { type: 'rename', from: 'formicidae', to: 'insects' }),
  ])
  expect([decisions.nameOf('ants'), labelled(decisions)]).toEqual(['insects', 'insects'])
})

const repacked = (n: number, from: string, to: string): JournalEntry => ({
  kind: 'repacked',
  n,
  at,
  from,
  to,
})

it('What was decided about an archive’s photos goes along when it is packed again, and so does what was taken back', () => {
  const [first, second] = ['../samples/more-1', '../samples/more-2']
  const decisions = Decisions.of([
    label(1, 'bees', `${first}/a.jpg`, 'own.jpg'),
    label(2, 'wasps', `${first}/a.jpg`),
    { kind: 'undo', n: 3, at, of: 2 },
    repacked(4, first, second),
  ])
  const told = () => [`${first}/a.jpg`, `${second}/a.jpg`, 'own.jpg'].map((it) => labelled(decisions, it))
  expect(told()).toEqual([undefined, 'bees', 'bees'])
  expect([decisions.last?.n, decisions.next?.n]).toEqual([1, 2])
  decisions.take({ kind: 'redo', n: 5, at, of: 2 })
  expect(told()).toEqual([undefined, 'wasps', 'bees'])
  decisions.take({ kind: 'undo', n: 6, at, of: 2 })
  decisions.take({ kind: 'undo', n: 7, at, of: 1 })
  expect(told()).toEqual([undefined, undefined, undefined])
  expect(decisions.history(0, 9).items.map(({ entry }) => entry)).toEqual([2, 1])
  expect([...decisions.named].toSorted()).toEqual([`${second}/a.jpg`, 'own.jpg'])
})

it('A folder whose name begins like that of a copy is none, and an archive may become again what it was', () => {
  const decisions = Decisions.of([
    label(1, 'bees', '../s/more-1/a.jpg', '../s/more-10/a.jpg'),
    repacked(2, '../s/more-1', '../s/more-2'),
    label(3, 'wasps', '../s/more-2/b.jpg'),
    repacked(4, '../s/more-2', '../s/more-1'),
  ])
  const told = ['../s/more-1/a.jpg', '../s/more-10/a.jpg', '../s/more-1/b.jpg'].map((it) =>
    labelled(decisions, it),
  )
  expect(told).toEqual(['bees', 'bees', 'wasps'])
})

it('An archive that was packed again is told from where the dataset’s folder is now, and thirty times are no work', () => {
  const decisions = Decisions.of([
    label(1, 'bees', '../s/more-0/a.jpg'),
    ...Array.from({ length: 30 }, (_, i) => repacked(i + 2, `../s/more-${i}`, `../s/more-${i + 1}`)),
    { kind: 'relocated', n: 32, at, from: '/home/photos', to: '/home/far/away/photos' },
    repacked(33, '../../s/more-30', '../../s/more-31'),
  ])
  // From /home/far/away/photos the way to /home/s is another one.
  expect(labelled(decisions, '../../../s/more-30/a.jpg')).toBe('bees')
  const then = ['../../../s/more-0/b.jpg', '../../s/more-30/b.jpg', '../../../s/more-00/b.jpg']
  expect(then.map((it) => decisions.pathNow(it))).toEqual([
    '../../../s/more-30/b.jpg',
    '../../s/more-31/b.jpg',
    '../../../s/more-00/b.jpg',
  ])
  expect(decisions.base).toBe('/home/far/away/photos')
})

const photo = (path: string, group?: string): ScannedPhoto => ({
  ...{ path, class: 0, split: 'train', bytes: 1, modified: 1, width: 4, height: 3 },
  ...(group !== undefined && { group }),
})
const partsAfter = (...moved: string[]) => {
  const group = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map((path) => photo(path, 'a.jpg'))
  const scan: ScannedDataset = {
    ...{ folder: '/photos', layout: 'class-folders', classes: ['ants'], unreadable: [] },
    photos: [...group, photo('z.jpg')],
  }
  const decisions = Decisions.of([act(1, { type: 'part', part: 'val' }, ...moved)])
  const { photos } = browsed(scan, decisions)
  return photos.filter(({ split }) => split === 'val').map(({ path }) => path)
}

it('Photos that join a group later go along with half of it, and not with a single one of many', () => {
  expect(partsAfter('a.jpg')).toEqual(['a.jpg'])
  expect(partsAfter('a.jpg', 'c.jpg')).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'])
})

it('A drawn split leaves each class a group to train with, whatever share is asked for', () => {
  const photos = ['x', 'x', 'y', 'y', 'z', 'z'].map((group) => ({ class: 0, group }))
  for (const test of [0.5, 0.6, 0.9 - 0.4])
    for (let seed = 0; seed < 5; seed += 1) {
      const parts = drawSplits(photos, seed, { val: 0.4, test })
      expect(parts).toContain('train')
      expect(parts).toContain('val')
    }
})

it('A capture group of two classes is drawn with those of the class that most of it has', () => {
  // Seven photos of the group are bees: drawn with the ants, it would be the only group of theirs to validate with.
  const photos = [
    ...['a', 'b', 'mixed'].map((group) => ({ class: 0, group })),
    ...Array.from({ length: 7 }, () => ({ class: 1, group: 'mixed' })),
    ...['c', 'd'].map((group) => ({ class: 1, group })),
  ]
  for (let seed = 0; seed < 8; seed += 1) {
    const parts = drawSplits(photos, seed, { val: 0.5, test: 0 })
    expect(parts.slice(0, 2).toSorted()).toEqual(['train', 'val'])
  }
})

it('Names with the same first group of a pattern belong together; without a group, those with the same match', () => {
  const scan = { photos: ['n1_a.jpg', 'n1_b.jpg', 'n2_a.jpg', 'n2_c.jpg'].map((path) => photo(path)) }
  const groupsBy = (pattern: string) =>
    withGroups(scan as ScannedDataset, GroupRules.parse({ pattern })).photos.map(({ group }) => group)
  expect(groupsBy('^(n\\d)_[a-z]')).toEqual(['n1_a.jpg', 'n1_a.jpg', 'n2_a.jpg', 'n2_a.jpg'])
  expect(groupsBy('_[a-z]')).toEqual(['n1_a.jpg', undefined, 'n1_a.jpg', undefined])
  expect(groupsBy('((')).toEqual([undefined, undefined, undefined, undefined])
})

it('Ten thousand photos of one scene are connected without comparing each with every other', () => {
  const random = randomFor(3, 'sample')
  const scene = Array.from({ length: 128 }, () => Math.floor(2 * random.uniform()))
  // Three bits that the noise of the camera changes, and a drift over all: the first and the last are not near.
  const signatures = Array.from({ length: 10_000 }, (_, i) => {
    const bits = scene.map((bit, index) => (index < i / 100 ? 1 - bit : bit))
    for (let n = 0; n < 3; n += 1) bits[Math.floor(128 * random.uniform())]! ^= 1
    return Array.from({ length: 32 }, (__, digit) =>
      parseInt(bits.slice(4 * digit, 4 * digit + 4).join(''), 2).toString(16),
    ).join('')
  })
  let pairs = 0
  const parent = signatures.map((_, i) => i)
  const rootOf = (i: number): number => (parent[i] === i ? i : (parent[i] = rootOf(parent[i]!)))
  nearDuplicates(signatures, (a, b) => {
    pairs += 1
    parent[rootOf(a)] = rootOf(b)
  })
  expect(new Set(signatures.map((_, i) => rootOf(i))).size).toBe(1)
  // Once for each of the eleven pieces at most; every pair of them would be millions.
  expect(pairs).toBeLessThan(11 * signatures.length)
})

it('Near-duplicates are all pairs that differ in at most ten bits, wherever these bits are', () => {
  const random = randomFor(7, 'sample')
  const below = (most: number) => Math.floor(most * random.uniform())
  const signature = (bits: readonly number[]) =>
    Array.from({ length: 32 }, (_, i) =>
      parseInt(bits.slice(4 * i, 4 * i + 4).join(''), 2).toString(16),
    ).join('')
  const anywhere = (count: number) => {
    const indices = new Set<number>()
    while (indices.size < count) indices.add(below(128))
    return indices
  }
  // One in each of ten stretches: of longer pieces than an eleventh of all, none would be the same.
  const everywhere = () => new Set(Array.from({ length: 10 }, (_, i) => Math.floor(12.8 * i) + below(12)))
  const signatures: string[] = []
  const near: string[] = []
  for (let round = 0; round < 400; round += 1) {
    const bits = Array.from({ length: 128 }, () => below(2))
    const indices = [anywhere(10), everywhere(), anywhere(11)][round % 3]!
    signatures.push(signature(bits), signature(bits.map((it, i) => (indices.has(i) ? 1 - it : it))))
    if (round % 3 < 2) near.push(`${2 * round} ${2 * round + 1}`)
  }
  const found = new Set<string>()
  nearDuplicates(signatures, (a, b) => found.add(`${a} ${b}`))
  expect([...found].toSorted()).toEqual(near.toSorted())
})
