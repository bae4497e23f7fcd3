/**
 * Randomness without hidden state. Every draw belongs to a purpose and a place ("augmentation of photo 17 in epoch 3"), and
 * each place has a generator of its own, seeded by the run's seed and the place's numbers. So a resumed run needs no saved
 * generator, and photos may be prepared in any order by any worker and still come out the same.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** What the randomness is for; part of the seed, so that no two purposes ever share a stream. */
export const purposes = [
  'shuffle',
  'augmentation',
  'dropout',
  'stochastic-depth',
  'head',
  'split',
  'sample',
  'folds',
] as const
export type Purpose = (typeof purposes)[number]

export interface Random {
  /** Uniform in [0, 1). */
  uniform: () => number
  /** A whole number in [from, to], both included. */
  integer: (from: number, to: number) => number
}

/** MurmurHash3's 32-bit finalizer (Appleby, public domain): spreads every bit of its input over the output. */
export function mix(value: number): number {
  let h = value >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A 32-bit seed for a purpose and counters such as epoch and photo. */
export function seedFor(seed: number, purpose: Purpose, ...counters: number[]): number {
  let h = mix(seed)
  for (const part of [purposes.indexOf(purpose), ...counters]) h = mix(h ^ mix(part + 0x9e3779b9))
  return h
}

/** The generator of one purpose and its counters. */
export function randomFor(seed: number, purpose: Purpose, ...counters: number[]): Random {
  const generator = xoroshiro128plus(seedFor(seed, purpose, ...counters) | 0)
  return {
    uniform: () => uniformFloat64(generator),
    integer: (from, to) => uniformInt(generator, from, to),
  }
}

/** The order in which an epoch takes so many training photos; a preview shows the same. Epochs are counted from 1. */
export const orderOfEpoch = (seed: number, epoch: number, photos: number): number[] =>
  shuffled(photos, randomFor(seed, 'shuffle', epoch))

/** The numbers 0 … length − 1 in random order (Fisher–Yates). */
export function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i -= 1) {
    const j = random.integer(0, i)
    const last = order[i]!
    order[i] = order[j]!
    order[j] = last
  }
  return order
}
