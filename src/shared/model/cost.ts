import type { RunConfig } from '../config.ts'
import { flatLayers, placeLayers, sizeOf } from './layers.ts'
import type { PlacedLayer } from './layers.ts'
import type { ResolvedPlan } from './plan.ts'
import type { Network } from './spec.ts'

/** Photos whose feature maps are computed at once where nothing learns (engine/model/network.ts, engine/training/features.ts). */
export const prefixChunk = 8

/** Node, the native library, the threads that decode and the photos they hold, bytes (measured, Linux x64, 2 threads). */
const processBytes = 750 * 2 ** 20

/** Tensors of a parameter's size that each optimizer keeps. */
const slots = { sgd: 1, adam: 2, adamw: 2, rmsprop: 2 }

const float = 4
const outputSize = ({ output }: PlacedLayer): number => sizeOf(output)
const inputSize = ({ input }: PlacedLayer): number => sizeOf(input)

/** Numbers a photo that a layer's step keeps for its gradient, beside its input, which the layer before keeps anyway. */
function savedBy(placed: PlacedLayer, next: PlacedLayer | undefined, plan: ResolvedPlan): number {
  switch (placed.layer.kind) {
    case 'conv':
    case 'linear':
      // With the activation behind it, only that output is kept; BatchNorm that looks at the batch keeps its input.
      return next?.layer.kind === 'batchnorm' && plan.updating.has(next.name) ? outputSize(placed) : 0
    case 'batchnorm':
    case 'flatten':
      return 0
    case 'dropout':
      return placed.layer.p > 0 ? 2 * outputSize(placed) : 0
    case 'relu':
    case 'relu6':
      // In front of a pooling only which number was the largest is kept, a byte each. (WebAssembly keeps the map.)
      return next?.layer.kind === 'maxpool' ? outputSize(next) / float : outputSize(placed)
    default:
      return outputSize(placed)
  }
}

/**
 * What training takes at its peak, bytes: an estimate from shapes alone, without trying. Weights, gradients and optimizer
 * slots; outputs kept for the way back; and what a convolution and its gradient hold while they run.
 */
export function peakBytes(
  network: Network,
  plan: ResolvedPlan,
  config: Pick<RunConfig, 'batch' | 'accumulate' | 'optimizer' | 'momentum' | 'movingAverage'>,
): number {
  const layers = flatLayers(placeLayers(network))
  const learns = (it: PlacedLayer) => it.tensors.some((tensor) => plan.learningRates.has(tensor.name))
  const first = layers.findIndex(learns)
  const below = layers.slice(0, first)
  const above = layers.slice(first)
  const photos = Math.ceil(config.batch / config.accumulate)

  const kept =
    plan.learns *
    (1 +
      (config.optimizer === 'sgd' && config.momentum === 0 ? 0 : slots[config.optimizer]) +
      (config.movingAverage === null ? 0 : 1))
  const tensors = layers.flatMap((it) => it.tensors)
  const largestOf = (list: typeof tensors) => Math.max(0, ...list.map((it) => sizeOf(it.shape)))
  const largest = largestOf(tensors.filter((it) => plan.learningRates.has(it.name)))
  const weights = tensors.reduce((sum, tensor) => sum + sizeOf(tensor.shape), 0)
  const saved = above.reduce((sum, it, i) => sum + savedBy(it, above[i + 1], plan), 0)
  /** A layer's input, output, and its output before bias and activation; on the way back their gradients. */
  const atWork = (list: readonly PlacedLayer[]) =>
    Math.max(0, ...list.map((it) => inputSize(it) + 2 * outputSize(it)))
  const forward = atWork(below) * prefixChunk
  const around = (saved + atWork(above)) * photos + kept + 2 * largest
  // While it is loaded, the largest tensor is there as read and as given to the backend.
  const loading = 2 * largestOf(tensors)
  return processBytes + float * (weights + Math.max(forward, around, loading))
}

/** What answering for photos takes at its peak, bytes beside those of the process. */
export function inferenceBytes(network: Network): number {
  const layers = flatLayers(placeLayers(network))
  const sizes = layers.flatMap((it) => it.tensors).map((tensor) => sizeOf(tensor.shape))
  const weights = sizes.reduce((a, b) => a + b, 0)
  const widest = Math.max(0, ...layers.map((it) => inputSize(it) + 2 * outputSize(it)))
  return float * (weights + Math.max(widest * prefixChunk, 2 * Math.max(0, ...sizes)))
}

/** The largest power of two of photos a step that stays within `available` bytes; 1 if none does. */
export function largestBatch(
  network: Network,
  plan: ResolvedPlan,
  config: Parameters<typeof peakBytes>[2],
  available: number,
): number {
  let batch = 1024
  while (batch > 1 && peakBytes(network, plan, { ...config, batch, accumulate: 1 }) > available) batch /= 2
  return batch
}
