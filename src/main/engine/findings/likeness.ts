import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import { tf } from '../backend/tf.ts'
import { side } from './measure.ts'

/** Which photos show the same. */
export interface Likeness {
  /** Indices of photos with the same bytes, those that have any. */
  same: number[][]
  /** Indices of photos that show the same, equal bytes or not: by size, quality, or turned. */
  alike: number[][]
}

interface Looked {
  hash: string
  /** [side, side, 3] */
  small: Uint8Array
}

/** Pixels of the side of what is compared first. */
const coarse = 16
/** Correlations from which two photos are looked at again, and from which they show the same. */
const [worthALook, enough] = [0.95, 0.97]
const block = 1024

/** The eight ways to turn and mirror a square: where the pixel at (x, y) is taken from. */
const turns: ((x: number, y: number, last: number) => [number, number])[] = [
  (x, y) => [x, y],
  (x, y, last) => [y, last - x],
  (x, y, last) => [last - x, last - y],
  (x, y, last) => [last - y, x],
  (x, y, last) => [last - x, y],
  (x, y, last) => [x, last - y],
  (x, y) => [y, x],
  (x, y, last) => [last - y, last - x],
]

/** Mean 0 and length 1, so that a product is a correlation; an even picture is like nothing. */
function normalised(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, it) => sum + it, 0) / values.length
  const centered = values.map((it) => it - mean)
  const length = Math.sqrt(centered.reduce((sum, it) => sum + it * it, 0))
  // A deviation below two of 255 steps is noise.
  return length < 2 * Math.sqrt(values.length) ? centered.fill(0) : centered.map((it) => it / length)
}

/** A photo's small picture in grey, [coarse, coarse], turned. */
function coarseOf(small: Uint8Array, turn: (typeof turns)[number]): Float32Array {
  const values = new Float32Array(coarse * coarse)
  const step = side / coarse
  for (let y = 0; y < coarse; y += 1)
    for (let x = 0; x < coarse; x += 1) {
      const [fromX, fromY] = turn(x, y, coarse - 1)
      let sum = 0
      for (let dy = 0; dy < step; dy += 1)
        for (let dx = 0; dx < step; dx += 1) {
          const at = ((fromY * step + dy) * side + fromX * step + dx) * 3
          sum += small[at]! + small[at + 1]! + small[at + 2]!
        }
      values[y * coarse + x] = sum / (3 * step * step)
    }
  return normalised(values)
}

/** All of a small picture, turned. */
function fineOf(small: Uint8Array, turn: (typeof turns)[number]): Float32Array {
  const values = new Float32Array(small.length)
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      const [fromX, fromY] = turn(x, y, side - 1)
      const [to, from] = [(y * side + x) * 3, (fromY * side + fromX) * 3]
      for (let c = 0; c < 3; c += 1) values[to + c] = small[from + c]!
    }
  return normalised(values)
}

const product = (a: Float32Array, b: Float32Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!
  return sum
}

/** Photos in sets; sets become one where two of their photos are alike. */
class Sets {
  private readonly parents: Int32Array

  constructor(size: number) {
    this.parents = Int32Array.from({ length: size }, (_, i) => i)
  }

  of(index: number): number {
    let root = index
    while (this.parents[root] !== root) root = this.parents[root]!
    this.parents[index] = root
    return root
  }

  join(a: number, b: number): void {
    this.parents[this.of(b)] = this.of(a)
  }

  /** Those of at least two. */
  groups(): number[][] {
    return [...Map.groupBy(this.parents.keys(), (index) => this.of(index)).values()].filter(
      (group) => group.length > 1,
    )
  }
}

/**
 * Compares every photo with every other, as it is and turned and mirrored: first small and grey, by matrix product, then what is
 * left in colour.
 * @throws ThawError cancelled
 */
export async function likenessOf(
  photos: readonly Looked[],
  signal: AbortSignal | undefined,
): Promise<Likeness> {
  const byHash = [...Map.groupBy(photos.keys(), (index) => photos[index]!.hash).values()]
  const sets = new Sets(photos.length)
  for (const [first, ...others] of byHash) for (const other of others) sets.join(first!, other)
  const firsts = byHash.map(([first]) => first!)
  for (const [a, b, turn] of await candidates(
    firsts.map((index) => photos[index]!.small),
    signal,
  )) {
    const [one, other] = [photos[firsts[a]!]!.small, photos[firsts[b]!]!.small]
    if (product(fineOf(one, turns[0]!), fineOf(other, turn)) >= enough) sets.join(firsts[a]!, firsts[b]!)
  }
  return { same: byHash.filter((group) => group.length > 1), alike: sets.groups() }
}

type Pair = [number, number, (typeof turns)[number]]

async function candidates(pictures: readonly Uint8Array[], signal: AbortSignal | undefined): Promise<Pair[]> {
  const count = pictures.length
  const rowsOf = (turn: (typeof turns)[number]) => {
    const rows = new Float32Array(count * coarse * coarse)
    pictures.forEach((small, i) => rows.set(coarseOf(small, turn), i * coarse * coarse))
    return tf.tensor2d(rows, [count, coarse * coarse])
  }
  const straight = rowsOf(turns[0]!)
  const pairs: Pair[] = []
  try {
    for (const turn of turns) {
      const turned = rowsOf(turn)
      for (let from = 0; from < count; from += block) {
        await nextTurn()
        if (signal?.aborted) throw new ThawError('cancelled')
        const rows = Math.min(block, count - from)
        const likeness = tf.tidy(() =>
          tf
            .matMul(
              tf.slice(straight, [from, 0], [rows, coarse * coarse]),
              tf.slice(turned, [from, 0], [count - from, coarse * coarse]),
              false,
              true,
            )
            .dataSync(),
        )
        for (let i = 0; i < rows; i += 1)
          for (let j = i + 1; j < count - from; j += 1)
            if (likeness[i * (count - from) + j]! >= worthALook) pairs.push([from + i, from + j, turn])
      }
      turned.dispose()
    }
  } finally {
    straight.dispose()
  }
  return pairs
}
