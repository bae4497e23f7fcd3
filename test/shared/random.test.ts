import { describe, expect, it } from 'vitest'
import { mix, orderOfEpoch, purposes, randomFor, seedFor, shuffled } from '../../src/shared/random.ts'

describe('the mixing of bits', () => {
  // fmix32 of MurmurHash3, computed with Python's integers.
  it.each([
    [0, 0],
    [1, 1364076727],
    [2, 821347078],
    [0xffffffff, 2180083513],
    [-1, 2180083513],
    [123456789, 3126909082],
  ])('of %i is MurmurHash3’s', (value, mixed) => {
    expect(mix(value)).toBe(mixed)
  })
})

describe('a seed', () => {
  // The same in every version: a run that goes on draws what it would have drawn.
  it.each([
    [3389504171, 1234, 'shuffle', [1]],
    [3544837048, 1234, 'shuffle', [2]],
    [2973498654, 0, 'augmentation', [17, 3]],
    [2117227874, 1234, 'augmentation', [17, 3, 1]],
    [2655488865, 7, 'folds', []],
    [3090865014, 1234, 'head', []],
    [2174942174, 2 ** 32 - 1, 'dropout', [0, 5]],
  ] as const)('is %i for %i, %s, %j', (expected, seed, purpose, counters) => {
    expect(seedFor(seed, purpose, ...counters)).toBe(expected)
  })

  it('is another one for every purpose and its counters', () => {
    const seeds = purposes.flatMap((purpose) =>
      [[], [0], [1], [0, 0], [0, 1], [1, 0], [0, 0, 1]].map((counters) => seedFor(1, purpose, ...counters)),
    )
    expect(new Set(seeds).size).toBe(seeds.length)
  })
})

describe('drawing', () => {
  it('gives the same numbers for the same seed, purpose and counters, in every version', () => {
    const random = randomFor(1234, 'augmentation', 17, 3)
    expect([random.uniform(), random.uniform()]).toEqual([0.5877413185463267, 0.8250641496704421])
    expect([random.integer(0, 9), random.integer(5, 5), random.integer(-3, 3)]).toEqual([4, 5, -3])
  })

  it('reaches both ends of a range, and nothing beyond', () => {
    const random = randomFor(1, 'split')
    const drawn = Array.from({ length: 200 }, () => random.integer(3, 5))
    expect([...new Set(drawn)].toSorted()).toEqual([3, 4, 5])
  })
})

describe('an order', () => {
  it('holds every number once, and is another one each epoch', () => {
    const [first, second] = [1, 2].map((epoch) => orderOfEpoch(1234, epoch, 10))
    expect(first).toEqual([6, 1, 5, 9, 7, 4, 3, 0, 8, 2])
    expect(second).toEqual([2, 4, 9, 8, 3, 7, 6, 0, 1, 5])
    expect(shuffled(0, randomFor(1, 'shuffle'))).toEqual([])
  })

  it('is as likely as any other', () => {
    const counts = new Map<string, number>()
    for (let draw = 0; draw < 6000; draw += 1) {
      const order = shuffled(3, randomFor(5, 'shuffle', draw)).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // 1000 each; 120 is four standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })
})
