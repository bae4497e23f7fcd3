import type { Answer } from '../../../shared/api/classify.ts'
import { softmax } from '../training/loss.ts'
import type { PhotoOutput } from './logits.ts'

/**
 * Logits that say what the photo and, where it was looked at too, its mirror image say together: the logarithm of the mean of both
 * probabilities.
 */
export function meanLogits({ logits, mirrored }: Pick<PhotoOutput, 'logits' | 'mirrored'>): Float32Array {
  if (!mirrored) return logits
  const classes = logits.length
  const a = softmax(logits, classes)
  const b = softmax(mirrored, classes)
  // The smallest float32 keeps a class that both rule out finite.
  return Float32Array.from(a, (p, c) => Math.log(Math.max(2 ** -126, (p + b[c]!) / 2)))
}

/** Logits divided by a temperature. */
export const cooled = (logits: Float32Array, temperature: number): Float32Array =>
  temperature === 1 ? logits : logits.map((logit) => logit / temperature)

/** The likeliest classes, best first; of equal ones the first. */
export function best(logits: Float32Array, labels: readonly string[], top: number): Answer[] {
  const probabilities = softmax(logits, labels.length)
  // Of a thousand classes five are told: the rest is not put in order.
  const order: number[] = []
  for (let index = 0; index < probabilities.length; index += 1) {
    let rank = order.length
    while (rank > 0 && probabilities[order[rank - 1]!]! < probabilities[index]!) rank -= 1
    if (rank >= top) continue
    order.splice(rank, 0, index)
    if (order.length > top) order.pop()
  }
  return order.map((index) => ({ index, class: labels[index]!, probability: probabilities[index]! }))
}
