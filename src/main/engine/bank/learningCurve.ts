import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import { wilson } from '../../../shared/metrics.ts'
import { randomFor, shuffled } from '../../../shared/random.ts'
import type { Matrix } from './matrix.ts'
import { rowsOf } from './matrix.ts'
import type { Head } from './probe.ts'
import { probabilitiesBy, probe } from './probe.ts'

/** Photos with their features and classes, to learn from or to be asked. */
export interface Labelled {
  features: Matrix
  labels: readonly number[]
}

export interface CurvePoint {
  /** Of the training photos of each class. */
  share: number
  photos: number
  /** On the validation photos, one a seed. */
  accuracies: number[]
  mean: number
  /** Wilson's 95% interval of the mean, by the number of validation photos. */
  interval: [number, number]
}

export interface LearningCurve {
  points: CurvePoint[]
  /** With twice the photos, where the curve allows it to be said; null where it does not. */
  doubled: { photos: number; accuracy: number } | null
}

const shares = [0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1] as const
const seeds = 5

export interface CurveControl {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
}

/** @returns how many photos a head answers rightly */
export function rightOf(head: Head, { features, labels }: Labelled): number {
  const probabilities = probabilitiesBy(head, features)
  return labels.filter((label, i) => {
    const own = probabilities.subarray(i * head.classes, (i + 1) * head.classes)
    return own.indexOf(Math.max(...own)) === label
  }).length
}

/** A share of each class's photos, at least one of each, drawn by seed. */
export function drawShare(
  labels: readonly number[],
  share: (label: number) => number,
  seed: number,
): number[] {
  const byClass = Map.groupBy(labels.keys(), (photo) => labels[photo]!)
  return [...byClass].flatMap(([label, photos]) => {
    const count = Math.max(1, Math.round(photos.length * share(label)))
    const order = shuffled(photos.length, randomFor(seed, 'folds', label, 2))
    return order.slice(0, count).map((i) => photos[i]!)
  })
}

async function learnt(
  { features, labels }: Labelled,
  indices: readonly number[],
  classes: number,
  signal: AbortSignal | undefined,
): Promise<Head> {
  await nextTurn()
  if (signal?.aborted) throw new ThawError('cancelled')
  const own = indices.map((index) => labels[index]!)
  return probe(rowsOf(features, indices), own, classes, { signal, isRough: true })
}

/**
 * How accuracy grows with photos: heads on growing shares of them, drawn several times.
 * @throws ThawError probe.one-class, cancelled
 */
export async function learningCurve(
  train: Labelled,
  val: Labelled,
  classes: number,
  { signal, onProgress }: CurveControl = {},
): Promise<LearningCurve> {
  const points: CurvePoint[] = []
  let done = 0
  for (const share of shares) {
    const accuracies: number[] = []
    let photos = 0
    for (let seed = 0; seed < seeds; seed += 1) {
      const indices = drawShare(train.labels, () => share, seed)
      photos = indices.length
      // All photos are the same ones for any seed.
      const isKnown = share === 1 && seed > 0
      const right = isKnown
        ? accuracies[0]!
        : rightOf(await learnt(train, indices, classes, signal), val) / val.labels.length
      accuracies.push(right)
      done += 1
      onProgress?.({ done, total: shares.length * seeds })
    }
    const mean = accuracies.reduce((a, b) => a + b, 0) / seeds
    const total = val.labels.length
    points.push({ share, photos, accuracies, mean, interval: wilson(mean * total, total) })
  }
  return { points, doubled: doubledOf(points) }
}

/**
 * Errors usually fall as a power of the number of photos: a line through their logarithms. It is followed to twice the photos, and
 * only where the line fits (R² ≥ .9), falls, and there are errors left to fall.
 */
function doubledOf(points: readonly CurvePoint[]): LearningCurve['doubled'] {
  const last = points.at(-1)!
  const known = points
    .filter(({ mean }) => mean < 1)
    .map((it) => [Math.log(it.photos), Math.log(1 - it.mean)] as const)
  if (known.length < points.length || known.length < 4) return null
  const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const x = meanOf(known.map(([it]) => it))
  const y = meanOf(known.map(([, it]) => it))
  const sum = (f: (dx: number, dy: number) => number) =>
    known.reduce((total, [a, b]) => total + f(a - x, b - y), 0)
  const slope = sum((dx, dy) => dx * dy) / sum((dx) => dx * dx)
  const fit = sum((dx, dy) => dx * dy) ** 2 / (sum((dx) => dx * dx) * sum((_, dy) => dy * dy))
  if (!(slope < 0) || !(fit >= 0.9)) return null
  return { photos: last.photos * 2, accuracy: 1 - Math.exp(y + slope * (Math.log(last.photos * 2) - x)) }
}

/** What more photos of a class would bring, judged by what half of them took away. */
export interface ClassGain {
  class: number
  photos: number
  /** Accuracy on all validation photos that is lost without half of the class's photos, mean over the draws. */
  gain: number
}

/**
 * More photos of which class would help most: each class in turn is halved. The most helpful first.
 * @throws ThawError probe.one-class, cancelled
 */
export async function classGains(
  train: Labelled,
  val: Labelled,
  classes: number,
  { signal, onProgress }: CurveControl = {},
): Promise<ClassGain[]> {
  const draws = 3
  const whole = rightOf(await learnt(train, [...train.labels.keys()], classes, signal), val)
  const gains: ClassGain[] = []
  for (let one = 0; one < classes; one += 1) {
    const photos = train.labels.filter((label) => label === one).length
    if (photos < 2) {
      gains.push({ class: one, photos, gain: 0 })
      continue
    }
    let lost = 0
    for (let seed = 0; seed < draws; seed += 1) {
      const indices = drawShare(train.labels, (label) => (label === one ? 0.5 : 1), seed)
      lost += whole - rightOf(await learnt(train, indices, classes, signal), val)
    }
    gains.push({ class: one, photos, gain: lost / draws / val.labels.length })
    onProgress?.({ done: one + 1, total: classes })
  }
  return gains.sort((a, b) => b.gain - a.gain)
}
