import { PCA } from 'ml-pca'
import { UMAP } from 'umap-js'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import { randomFor } from '../../../shared/random.ts'
import type { Matrix } from './matrix.ts'
import { rowsOf } from './matrix.ts'
import { neighbours } from './neighbours.ts'
import { scaleOf, standardised } from './standardise.ts'

/** Places on a plane, [photos, 2]: what is alike lies together. */
export type Positions = Float32Array

const nested = ({ values, rows, columns }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * columns, (i + 1) * columns)))

/** More photos add nothing to two directions, and time. */
const mostForAxes = 2000

/**
 * The two directions in which standardised features vary most (principal components), learnt from at most 2,000 photos.
 * @throws ThawError cancelled
 */
export function principalPositions(features: Matrix): Positions {
  const { rows, columns } = features
  if (rows < 2) return new Float32Array(rows * 2)
  const scaled = standardised(features, scaleOf(features, new Uint8Array(rows).fill(1)))
  const step = Math.max(1, Math.ceil(rows / mostForAxes))
  const some = rowsOf(
    scaled,
    Array.from({ length: Math.ceil(rows / step) }, (_, i) => i * step),
  )
  // NIPALS finds the first components alone, and not all 1,280 of them.
  const pca = new PCA(nested(some), { method: 'NIPALS', nCompNIPALS: 2, center: true })
  const axes = pca.getLoadings().to2DArray()
  const positions = new Float32Array(rows * 2)
  for (let i = 0; i < rows; i += 1)
    for (let axis = 0; axis < 2; axis += 1) {
      let sum = 0
      for (let j = 0; j < columns; j += 1) sum += scaled.values[i * columns + j]! * (axes[axis]?.[j] ?? 0)
      // Photos that are all the same have no direction.
      positions[i * 2 + axis] = Number.isFinite(sum) ? sum : 0
    }
  return positions
}

/** Milliseconds of computing between two looks at who else wants something. */
const betweenTurns = 50

/** Of each photo, what UMAP's own default has. */
const wantedNeighbours = 15

/**
 * UMAP (McInnes, Healy & Melville 2018) over the exact neighbours, begun from a seed: the same seed gives the same map.
 * @throws ThawError cancelled
 */
export async function umapPositions(
  features: Matrix,
  {
    seed,
    signal,
    onProgress,
    passTurn,
  }: {
    seed: number
    signal?: AbortSignal | undefined
    onProgress?: (progress: { done: number; total: number }) => void
    /** Awaited between epochs: others that compute have their turn. */
    passTurn?: (() => Promise<void>) | undefined
  },
): Promise<Positions> {
  const { rows } = features
  // umap-js counts a photo itself, and wants one more than all these.
  const k = Math.min(wantedNeighbours, rows - 2)
  if (k < 2) return principalPositions(features)
  const near = await neighbours(features, k, signal ? { signal } : {})
  const random = randomFor(seed, 'folds', 1)
  const umap = new UMAP({ nNeighbors: k + 1, random: random.uniform })
  // A photo is its own first neighbour there.
  umap.setPrecomputedKNN(
    Array.from({ length: rows }, (_, i) => [i, ...near.indices.subarray(i * k, (i + 1) * k)]),
    Array.from({ length: rows }, (_, i) => [0, ...near.distances.subarray(i * k, (i + 1) * k)]),
  )
  // With neighbours given it looks at the rows' number only.
  const epochs = umap.initializeFit(Array.from({ length: rows }, () => [0]))
  let told = Date.now()
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    umap.step()
    // Of many photos one epoch takes a good part of a second, of few none: whoever cancels waits for a moment either way.
    if (Date.now() - told < betweenTurns) continue
    told = Date.now()
    onProgress?.({ done: epoch, total: epochs })
    await passTurn?.()
    await nextTurn()
    if (signal?.aborted) throw new ThawError('cancelled')
  }
  return Float32Array.from(umap.getEmbedding().flat())
}
