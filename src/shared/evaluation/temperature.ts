import { randomFor, shuffled } from '../random.ts'
import type { Answers } from './answers.ts'
import { answersOf } from './answers.ts'

/** Beyond these the photos tell nothing more: all answers are right, or all are guesses. */
const coldest = 1 / 100
const hottest = 100

/**
 * Whether photos tell a temperature. Where all are answered rightly, the surer the likelier: the fit ends at the coldest, which would
 * call every answer certain. Nobody is corrected by that.
 * @param temperature by `fitTemperature`
 */
export const tellsTemperature = (temperature: number): boolean => temperature > coldest * (1 + 1e-9)

/** What answers are corrected by: 1, not at all, where the photos tell no temperature. */
export const usableTemperature = (temperature: number): number =>
  tellsTemperature(temperature) ? temperature : 1

/**
 * Derivative of the mean loss by the inverse temperature β: with z' = βz it is the mean of Σ_c p_c · z_c − z_target. It grows
 * with β, since the loss is convex in it.
 */
function slope(logits: ArrayLike<number>, targets: readonly number[], classes: number, beta: number): number {
  const { logProbabilities } = answersOf(logits, targets, classes, 1 / beta)
  let sum = 0
  targets.forEach((target, row) => {
    const at = row * classes
    for (let c = 0; c < classes; c += 1) sum += Math.exp(logProbabilities[at + c]!) * logits[at + c]!
    sum -= logits[at + target]!
  })
  return sum / targets.length
}

/**
 * The temperature at which the photos' labels are likeliest (Guo et al. 2017), between 0.01 and 100: the root of the loss's
 * slope, by bisection of log T. Without photos 1.
 * @param logits row-major [photos, classes]
 */
export function fitTemperature(
  logits: ArrayLike<number>,
  targets: readonly number[],
  classes: number,
): number {
  if (targets.length === 0) return 1
  let [low, high] = [Math.log(1 / hottest), Math.log(1 / coldest)]
  // 60 halvings of a range of 9.2 leave 1e-17.
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2
    if (slope(logits, targets, classes, Math.exp(middle)) > 0) high = middle
    else low = middle
  }
  return Math.min(hottest, Math.max(coldest, 1 / Math.exp((low + high) / 2)))
}

/** What temperature scaling gives, told by photos that did not set it. */
export interface CrossFitted {
  /** Fitted to all photos: what is stored with the model. */
  temperature: number
  /** Each photo answered at the temperature of the other folds, and as it is where these tell none. */
  answers: Answers
}

/**
 * Temperature scaling, cross-fitted: each fold's photos are answered at the temperature fitted to the other folds, so that the
 * calibration that is told is not that of the photos it was fitted to.
 * @param logits row-major [photos, classes]
 * @param seed draws the folds
 */
export function crossFitTemperature(
  logits: ArrayLike<number>,
  targets: readonly number[],
  classes: number,
  { folds = 5, seed = 1234 }: { folds?: number; seed?: number } = {},
): CrossFitted {
  const temperature = fitTemperature(logits, targets, classes)
  const order = shuffled(targets.length, randomFor(seed, 'folds'))
  const logProbabilities = new Float64Array(targets.length * classes)
  const rowsOf = (rows: readonly number[]) => ({
    logits: Float64Array.from(
      rows.flatMap((row) => Array.from({ length: classes }, (_, c) => logits[row * classes + c]!)),
    ),
    targets: rows.map((row) => targets[row]!),
  })
  for (let fold = 0; fold < folds; fold += 1) {
    const held = order.filter((_, i) => i % folds === fold)
    const others = rowsOf(order.filter((_, i) => i % folds !== fold))
    const mine = rowsOf(held)
    const found = fitTemperature(others.logits, others.targets, classes)
    const answers = answersOf(mine.logits, mine.targets, classes, usableTemperature(found))
    held.forEach((row, i) =>
      logProbabilities.set(answers.logProbabilities.subarray(i * classes, (i + 1) * classes), row * classes),
    )
  }
  return { temperature, answers: { classes, targets, logProbabilities } }
}
