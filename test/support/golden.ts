import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { mix } from '../../src/shared/random.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const sharedFolder = join(root, '..', 'shared')
/** PyTorch's reference results; another set can be tested against by the environment variable GOLDEN. */
export const goldenFolder = resolve(process.env['GOLDEN'] ?? join(sharedFolder, 'golden'))
export const photosFolder = join(sharedFolder, 'data', 'hymenoptera')

const here = existsSync(goldenFolder) && existsSync(photosFolder)
/** In CI a missing reference is a failure, not something to skip: the tests then fail where they open their files. */
export function describeGolden(name: string, body: () => void): void {
  const suite = here || process.env['CI'] ? describe : describe.skip
  suite(name, body)
}

// The caller knows what the file holds.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function readGolden<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(goldenFolder, ...path), 'utf8')) as T
}

/**
 * The formula every reference weight is made by: element k of the row-major tensor is
 * mix(k + salt · 0x9E3779B9) / 2³² · 2 − 1, times bound, in float32.
 */
export function formula(shape: readonly number[], salt: number, bound: number): Float32Array<ArrayBuffer> {
  const size = shape.reduce((a, b) => a * b, 1)
  const offset = Number((BigInt(salt) * 0x9e3779b9n) & 0xffffffffn)
  const values = new Float32Array(size)
  for (let k = 0; k < size; k += 1) values[k] = ((mix(k + offset) / 2 ** 32) * 2 - 1) * bound
  return values
}

/** [batch, channels, height, width] to [batch, height, width, channels] */
export function toChannelsLast(values: Float32Array, shape: readonly number[]): Float32Array {
  const [batch, channels, height, width] = shape as [number, number, number, number]
  const turned = new Float32Array(values.length)
  const area = height * width
  for (let n = 0; n < batch; n += 1)
    for (let c = 0; c < channels; c += 1)
      for (let a = 0; a < area; a += 1)
        turned[(n * area + a) * channels + c] = values[(n * channels + c) * area + a]!
  return turned
}

/** The largest difference of two rows of numbers, as a share of the second's largest value. */
export function relativeDifference(mine: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (mine.length !== theirs.length) return Infinity
  let difference = 0
  let largest = 0
  for (let i = 0; i < theirs.length; i += 1) {
    const distance = Math.abs(mine[i]! - theirs[i]!)
    // NaN must not slip through a comparison
    difference = distance <= difference ? difference : distance
    largest = Math.max(largest, Math.abs(theirs[i]!))
  }
  return difference / largest
}
