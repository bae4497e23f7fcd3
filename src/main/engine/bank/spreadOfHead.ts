import type { Groups } from './folds.ts'
import type { CurveControl, Labelled } from './learningCurve.ts'
import { outOfFold } from './probe.ts'

/** Several measurements of one thing. */
export interface Spread {
  values: number[]
  mean: number
  /** Student's 95% interval of the mean. */
  interval: [number, number]
}

/** Student's two-sided 95% quantiles for 1, 2, … degrees of freedom; then the normal distribution's. */
const student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228] as const

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const degrees = values.length - 1
  const variance = values.reduce((sum, it) => sum + (it - mean) ** 2, 0) / Math.max(1, degrees)
  const reach = degrees < 1 ? Infinity : (student[degrees - 1] ?? 1.96) * Math.sqrt(variance / values.length)
  return {
    values: [...values],
    mean,
    interval: [Math.max(0, mean - reach), Math.min(1, mean + reach)],
  }
}

/**
 * How much the head's accuracy depends on chance: of each fold with the first seed, and of all folds together over the seeds, which
 * deal the photos differently.
 * @throws ThawError probe.*, cancelled
 */
export async function spreadOfHead(
  { features, labels }: Labelled,
  classes: number,
  {
    folds,
    seeds,
    groups,
    signal,
    onProgress,
  }: CurveControl & { folds: number; seeds: number; groups?: Groups },
): Promise<{ folds: Spread; seeds: Spread }> {
  let ofFolds: number[] = []
  const ofSeeds: number[] = []
  for (let seed = 0; seed < seeds; seed += 1) {
    const asked = await outOfFold(features, labels, classes, {
      ...{ folds, seed, groups, signal },
      onProgress: ({ done, total }) => onProgress?.({ done: seed * total + done, total: seeds * total }),
    })
    const right = labels.map((label, i) => {
      const own = asked.probabilities.subarray(i * classes, (i + 1) * classes)
      return own.indexOf(Math.max(...own)) === label
    })
    const accuracyOf = (photos: readonly number[]) =>
      photos.filter((photo) => right[photo]).length / Math.max(1, photos.length)
    ofSeeds.push(accuracyOf([...labels.keys()]))
    if (seed === 0)
      ofFolds = Array.from({ length: folds }, (_, fold) =>
        accuracyOf([...labels.keys()].filter((photo) => asked.folds[photo] === fold)),
      )
  }
  return { folds: spreadOf(ofFolds), seeds: spreadOf(ofSeeds) }
}
