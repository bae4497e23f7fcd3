import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Photo } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { ConfusionMatrix, Score } from '../../../shared/metrics.ts'
import { emptyConfusion, scoreOf } from '../../../shared/metrics.ts'
import { tf } from '../backend/tf.ts'
import type { Model } from '../model/network.ts'
import type { Features } from '../training/features.ts'
import { crossEntropy, softmax } from '../training/loss.ts'

export interface Evaluation {
  score: Score
  confusion: ConfusionMatrix
  /** The class each photo was answered with, and the probability of the class that it shows, [photos]. */
  said: Uint16Array
  truth: Float32Array
}

/**
 * Loss (plain cross entropy), accuracy and confusion matrix of photos, in evaluation mode.
 * @param prefix number of steps that `features` has computed already
 * @throws ThawError photo.*, cancelled
 */
export async function evaluate(
  model: Model,
  features: Features,
  photos: readonly Photo[],
  { prefix, batch, signal }: { prefix: number; batch: number; signal?: AbortSignal },
): Promise<Evaluation> {
  const confusion = emptyConfusion(model.network.classes)
  const order = photos.map((_, i) => i)
  const said = new Uint16Array(photos.length)
  const truth = new Float32Array(photos.length)
  let lossSum = 0
  let correct = 0
  const options = { epoch: 0, batch, ...(signal && { signal }) }
  for await (const { x, indices } of features.batches(photos, order, options)) {
    const y = model.infer(x, { from: prefix })
    const targets = indices.map((index) => photos[index]!.class)
    const logits = y.dataSync() as Float32Array
    tf.dispose([x, y])
    const result = crossEntropy(logits, targets, { labelSmoothing: 0, classWeights: null })
    lossSum += result.loss * indices.length
    correct += result.correct
    const probabilities = softmax(logits, model.network.classes)
    targets.forEach((target, i) => {
      const answer = result.answers[i]!
      confusion[target]![answer]! += 1
      said[indices[i]!] = answer
      truth[indices[i]!] = probabilities[i * model.network.classes + target]!
    })
    // Gives a request to stop its turn: the computation itself blocks the process.
    await nextTurn()
    if (signal?.aborted) throw new ThawError('cancelled')
  }
  return { score: scoreOf(lossSum, correct, photos.length), confusion, said, truth }
}
