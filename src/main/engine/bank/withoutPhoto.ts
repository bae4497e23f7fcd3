import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import type { Matrix } from './matrix.ts'
import { rowsOf } from './matrix.ts'
import { nearest } from './neighbours.ts'
import { headOf, probabilitiesBy, probe } from './probe.ts'
import { Regression } from './regression.ts'

/** What a head would say of a photo if one training photo had not been there. */
export interface Without {
  /** Index of the training photo that is left out. */
  index: number
  /** Cosine distance from the photo that is asked about. */
  distance: number
  /** [classes] */
  probabilities: number[]
  /** Whether another class would be answered. */
  flips: boolean
  /** By how much the probability of the class answered with all photos changes. */
  change: number
}

export interface WithoutPhotos {
  /** With all training photos, [classes]. */
  probabilities: number[]
  answer: number
  /** Those that flip the answer first, then by how much they change it. */
  without: Without[]
}

export interface WithoutOptions {
  /** How many training photos. */
  k?: number
  /** Where the photo that is asked about is itself one of them: its own absence would say nothing new. */
  own?: number | undefined
  signal?: AbortSignal | undefined
}

const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values))

/**
 * Why a head answers as it does: it is solved again without each of the training photos most like the one that is asked about.
 * No estimate: each solution is as exact as the first one, and each has its own mean and deviation of features.
 * @param asked features of the photo, [columns]
 * @param labels a class a training photo
 * @throws ThawError probe.one-class, cancelled
 */
export async function withoutPhotos(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  asked: Float32Array,
  { k = 20, own, signal }: WithoutOptions = {},
): Promise<WithoutPhotos> {
  const one: Matrix = { values: asked, rows: 1, columns: features.columns }
  const indices = [...new Set(Array.from(labels))].sort((a, b) => a - b)
  if (indices.length < 2) throw new ThawError('probe.one-class')
  const numbers = Int32Array.from(labels, (label) => indices.indexOf(label))
  const regression = new Regression(features, numbers, indices.length)
  const counts = new Uint8Array(labels.length).fill(1)
  try {
    const all = regression.solve({ counts, signal })
    const said = (solution: typeof all) => [
      ...probabilitiesBy(headOf(solution, features.columns, indices, classes), one),
    ]
    const probabilities = said(all)
    const answer = largest(probabilities)
    const without: Without[] = []
    const near = nearest(features, asked, k + 1).filter(({ index }) => index !== own)
    for (const { index, distance } of near.slice(0, k)) {
      await nextTurn()
      if (signal?.aborted) throw new ThawError('cancelled')
      const isLastOfClass = Array.from(labels).filter((it) => it === labels[index]).length === 1
      counts[index] = 0
      const changed = isLastOfClass
        ? withoutClass(features, labels, classes, index, one)
        : said(regression.solve({ counts, start: all, signal }))
      counts[index] = 1
      without.push({
        index,
        distance,
        probabilities: changed,
        flips: largest(changed) !== answer,
        change: changed[answer]! - probabilities[answer]!,
      })
    }
    without.sort((a, b) => Number(b.flips) - Number(a.flips) || Math.abs(b.change) - Math.abs(a.change))
    return { probabilities, answer, without }
  } finally {
    regression.dispose()
  }
}

/** The photo was the only one of its class, which then nobody knows. */
function withoutClass(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  index: number,
  asked: Matrix,
): number[] {
  const rest = [...Array(labels.length).keys()].filter((it) => it !== index)
  const theirs = rest.map((it) => labels[it]!)
  if (new Set(theirs).size === 1) return Array.from({ length: classes }, (_, k) => (k === theirs[0] ? 1 : 0))
  return [...probabilitiesBy(probe(rowsOf(features, rest), theirs, classes), asked)]
}
