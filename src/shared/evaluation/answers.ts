import { ThawError } from '../errors.ts'

/** What a network answered to photos whose class is known. */
export interface Answers {
  classes: number
  /** The class each photo shows, [photos]. */
  targets: readonly number[]
  /** Natural logarithms of the probabilities, row-major [photos, classes]. */
  logProbabilities: Float64Array
}

/**
 * The softmax of logits at a temperature, as logarithms, in float64: log p_c = z_c/T − log Σ_k exp(z_k/T).
 * @param logits row-major [photos, classes]
 * @throws ThawError run.answers-not-finite
 * @param temperature above 1 makes answers less certain (Guo et al. 2017)
 */
export function answersOf(
  logits: ArrayLike<number>,
  targets: readonly number[],
  classes: number,
  temperature = 1,
): Answers {
  const logProbabilities = new Float64Array(targets.length * classes)
  for (let row = 0; row < targets.length; row += 1) {
    const at = row * classes
    let largest = -Infinity
    for (let c = 0; c < classes; c += 1) largest = Math.max(largest, logits[at + c]!)
    // Ties have to stay ties, since averages over ranks count them as one. So the largest is taken off first, and rows that differ by
    // a constant give the same numbers; and the sum keeps what rounding drops (Knuth’s two-sum), so that the order of classes is
    // nothing to it.
    let partition = 0
    let dropped = 0
    for (let c = 0; c < classes; c += 1) {
      const term = Math.exp((logits[at + c]! - largest) / temperature)
      const sum = partition + term
      const added = sum - partition
      dropped += partition - (sum - added) + (term - added)
      partition = sum
    }
    const log = Math.log(partition + dropped)
    // NaN and infinity come out as NaN.
    if (!Number.isFinite(log)) throw new ThawError('run.answers-not-finite')
    for (let c = 0; c < classes; c += 1)
      logProbabilities[at + c] = (logits[at + c]! - largest) / temperature - log
  }
  return { classes, targets, logProbabilities }
}

/** The class answered for each photo: the first of the likeliest, [photos]. */
export function answered({ classes, targets, logProbabilities }: Answers): number[] {
  return targets.map((_, row) => {
    let best = 0
    for (let c = 1; c < classes; c += 1)
      if (logProbabilities[row * classes + c]! > logProbabilities[row * classes + best]!) best = c
    return best
  })
}

/** How many photos have their class among the `k` likeliest; of equally likely classes the first counts as likelier. */
export function correctInTop({ classes, targets, logProbabilities }: Answers, k: number): number {
  return targets.filter((target, row) => {
    const own = logProbabilities[row * classes + target]!
    let before = 0
    for (let c = 0; c < classes; c += 1) {
      const other = logProbabilities[row * classes + c]!
      if (other > own || (other === own && c < target)) before += 1
    }
    return before < k
  }).length
}
