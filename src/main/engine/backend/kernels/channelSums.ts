import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'

/** Numbers of a row of lanes at most: more would not stay in the processor's first caches. */
const laneNumbers = 2 ** 15

/**
 * A float32 sum of 800,000 numbers one after the other loses half its digits: what is added is a millionth of what is there.
 * So rows are laid side by side in lanes, each lane is summed on its own, and the lanes' sums are added up in float64.
 * @returns how many rows lie side by side: the largest divisor of `rows` that keeps a row of lanes small
 */
export function lanesOf(rows: number, channels: number): number {
  for (let lanes = Math.min(rows, Math.floor(laneNumbers / channels)); lanes > 1; lanes -= 1)
    if (rows % lanes === 0) return lanes
  return 1
}

/** Adds up what lanes hold, [lanes · channels], by channel. */
export function overLanes(partial: Float32Array, channels: number): Float64Array {
  const sums = new Float64Array(channels)
  // Plain loops: there may be 32,768 of them for each of a hundred layers.
  for (let at = 0; at < partial.length; at += channels)
    for (let c = 0; c < channels; c += 1) sums[c]! += partial[at + c]!
  return sums
}

/**
 * The sides of windows that average a square of this side one after the other: the mean of means is the mean, and each adds up
 * fewer numbers.
 */
export function sidesOf(side: number): number[] {
  const largest = [8, 7, 6, 5, 4, 3, 2].find((it) => side % it === 0)
  return largest === undefined || largest === side ? [side] : [largest, ...sidesOf(side / largest)]
}

/** Means over the last axis, which is kept: means of means, where WebAssembly would add up a whole row in one sum. */
export function rowMeans(x: Tensor): Tensor {
  const outer = x.shape.slice(0, -1)
  const means = sidesOf(x.shape.at(-1)!).reduce<Tensor>(
    (it, side) => tf.mean(tf.reshape(it, [...outer, -1, side]), -1),
    x,
  )
  return tf.reshape(means, [...outer, 1])
}

/**
 * Sums over the places of each photo's map, [batch, 1, 1, channels] of [batch, height, width, channels]: sums of sums, each of a few
 * numbers. One sum of a map of 112 × 112 was ten (TensorFlow) and forty times (WebAssembly) as far from float64 as PyTorch's.
 */
export function placeSums(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const sums = [width, height]
    .flatMap(sidesOf)
    .reduce<Tensor>((it, side) => tf.sum(tf.reshape(it, [batch, -1, side, channels]), 2), x)
  return tf.reshape(sums, [batch, 1, 1, channels])
}
