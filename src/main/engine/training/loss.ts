/** How a batch was answered. */
export interface LossResult {
  /** The loss that is learnt from: mean over the batch, weighted by class. */
  loss: number
  /** d loss / d logits, row-major [batch, classes], for a loss whose total weight is `totalWeight`. */
  gradient: Float32Array
  /** The class answered for each photo: the first of the largest logits. */
  answers: Int32Array
  correct: number
}

export interface LossOptions {
  labelSmoothing: number
  /** One weight a class; null: all 1. */
  classWeights: readonly number[] | null
}

/** The weight that `targets` have together: what the loss's sum is divided by to give its mean. */
export function weightOf(targets: readonly number[], classWeights: readonly number[] | null): number {
  return classWeights ? targets.reduce((sum, target) => sum + classWeights[target]!, 0) : targets.length
}

/**
 * Cross entropy of softmax(logits), as torch.nn.functional.cross_entropy defines it with reduction "mean":
 * with weights w, smoothing ε and C classes,
 *   loss = [(1 − ε) · Σᵢ −w[yᵢ] · log p(yᵢ) + ε / C · Σᵢ Σ_c −w[c] · log p(c)] / Σᵢ w[yᵢ].
 * Computed in float64: logits are few, and the rest of the network is float32 anyway.
 * @param logits row-major [batch, classes]
 * @param totalWeight what to divide by, where the batch is a part of a larger one; its own weight unless given
 */
export function crossEntropy(
  logits: Float32Array,
  targets: readonly number[],
  { labelSmoothing, classWeights }: LossOptions,
  totalWeight = weightOf(targets, classWeights),
): LossResult {
  const batch = targets.length
  const classes = logits.length / batch
  const weight = (c: number) => (classWeights ? classWeights[c]! : 1)
  let weightSum = 0
  for (let c = 0; c < classes; c += 1) weightSum += weight(c)

  const gradient = new Float32Array(logits.length)
  const answers = new Int32Array(batch)
  const p = new Float64Array(classes)
  // Photos of classes that weigh nothing teach nothing; PyTorch's 0 / 0 would spoil every weight.
  const divisor = totalWeight > 0 ? totalWeight : Infinity
  let sum = 0
  let correct = 0
  targets.forEach((target, row) => {
    const at = row * classes
    let largest = -Infinity
    let answer = 0
    for (let c = 0; c < classes; c += 1)
      if (logits[at + c]! > largest) {
        largest = logits[at + c]!
        answer = c
      }
    let partition = 0
    for (let c = 0; c < classes; c += 1) {
      p[c] = Math.exp(logits[at + c]! - largest)
      partition += p[c]!
    }
    const logPartition = Math.log(partition) + largest
    const onTarget = (1 - labelSmoothing) * weight(target)
    const onAll = labelSmoothing / classes
    sum += onTarget * (logPartition - logits[at + target]!)
    // d/dz_c of Σ_k a_k (log Σ exp z − z_k) is p_c · Σ a − a_c, with a_k the share of class k in the target.
    const shares = onTarget + onAll * weightSum
    for (let c = 0; c < classes; c += 1) {
      if (onAll > 0) sum += onAll * weight(c) * (logPartition - logits[at + c]!)
      const share = onAll * weight(c) + (c === target ? onTarget : 0)
      gradient[at + c] = ((p[c]! / partition) * shares - share) / divisor
    }
    answers[row] = answer
    if (answer === target) correct += 1
  })
  return { loss: sum / divisor, gradient, answers, correct }
}

/** The softmax of each row. @param logits row-major [batch, classes] */
export function softmax(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length)
  for (let at = 0; at < logits.length; at += classes) {
    const row = logits.subarray(at, at + classes)
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity)
    const exponents = Array.from(row, (z) => Math.exp(z - largest))
    const partition = exponents.reduce((a, b) => a + b, 0)
    exponents.forEach((e, c) => (probabilities[at + c] = e / partition))
  }
  return probabilities
}

/** `balanced` weights as scikit-learn defines them: photos / (classes · photos of the class). */
export function balancedWeights(counts: readonly number[]): number[] {
  const total = counts.reduce((a, b) => a + b, 0)
  return counts.map((count) => (count === 0 ? 0 : total / (counts.length * count)))
}
