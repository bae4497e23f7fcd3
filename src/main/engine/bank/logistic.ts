/**
 * Logistic regression's loss in its logits. Two classes have one logit a photo, that of the second class, as in scikit-learn;
 * more have one each, and softmax.
 */
export interface Answers {
  /** Sum of the photos' cross entropies. */
  loss: number
  /** Probabilities, [photos, logits]. */
  probabilities: Float64Array
}

/** Logits a photo. */
export const logitsFor = (classes: number): number => (classes === 2 ? 1 : classes)

/** log(1 + exp(z)) without overflow. */
const softplus = (z: number): number => (z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)))

/**
 * @param logits [photos, logitsFor(classes)]
 * @param labels a class a photo
 * @param counts 1 for each photo that counts in the loss
 */
export function answersOf(
  logits: Float64Array,
  labels: Int32Array,
  counts: Uint8Array,
  classes: number,
): Answers {
  return logitsFor(classes) === 1
    ? answersOfTwo(logits, labels, counts)
    : answersOfMany(logits, labels, counts, classes)
}

function answersOfTwo(logits: Float64Array, labels: Int32Array, counts: Uint8Array): Answers {
  let loss = 0
  const probabilities = logits.map((z, i) => {
    if (counts[i]) loss += softplus(labels[i] === 1 ? -z : z)
    return z > 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))
  })
  return { loss, probabilities }
}

function answersOfMany(
  logits: Float64Array,
  labels: Int32Array,
  counts: Uint8Array,
  classes: number,
): Answers {
  const probabilities = new Float64Array(logits.length)
  let loss = 0
  for (let i = 0, at = 0; i < labels.length; i += 1, at += classes) {
    let largest = -Infinity
    for (let k = 0; k < classes; k += 1) largest = Math.max(largest, logits[at + k]!)
    let sum = 0
    for (let k = 0; k < classes; k += 1) sum += probabilities[at + k] = Math.exp(logits[at + k]! - largest)
    for (let k = 0; k < classes; k += 1) probabilities[at + k] = probabilities[at + k]! / sum
    if (counts[i]) loss += Math.log(sum) + largest - logits[at + labels[i]!]!
  }
  return { loss, probabilities }
}

/** The loss's gradient in the logits, [photos, logits]. */
export function residuals(
  { probabilities }: Answers,
  labels: Int32Array,
  counts: Uint8Array,
  classes: number,
): Float64Array {
  const width = logitsFor(classes)
  return probabilities.map((p, at) => {
    const photo = Math.floor(at / width)
    if (!counts[photo]) return 0
    const target = width === 1 ? labels[photo]! : labels[photo] === at % width ? 1 : 0
    return p - target
  })
}

/**
 * The loss's second derivative in the logits, times a direction: (diag(p) − p·pᵀ)·u for each photo, or p(1 − p)·u of one logit.
 * @param u [photos, logits], written over
 */
export function curve({ probabilities }: Answers, counts: Uint8Array, width: number, u: Float64Array): void {
  for (let i = 0, at = 0; i < counts.length; i += 1, at += width) {
    let mean = 0
    if (width > 1) for (let k = 0; k < width; k += 1) mean += probabilities[at + k]! * u[at + k]!
    for (let k = 0; k < width; k += 1) {
      const p = probabilities[at + k]!
      if (!counts[i]) u[at + k] = 0
      else u[at + k] = width === 1 ? p * (1 - p) * u[at + k]! : p * (u[at + k]! - mean)
    }
  }
}
