import type { RunConfig } from '../config.ts'
import { compileNetwork } from './compiled.ts'
import type { CompiledStep } from './compiled.ts'
import { kindOf } from './kinds/index.ts'
import type { Kept } from './kinds/kind.ts'
import { sizeOf, tensorsOfNetwork } from './layers.ts'
import type { ResolvedPlan } from './plan.ts'
import type { Network } from './spec.ts'

/** Photos whose feature maps are computed at once where nothing learns (engine/model/network.ts, engine/training/features.ts). */
export const prefixChunk = 8

/** Node, the native library, the threads that decode and the photos they hold, bytes (measured, Linux x64, 2 threads). */
const processBytes = 750 * 2 ** 20

/** Tensors of a parameter's size that each optimizer keeps. */
const slots = { sgd: 1, adam: 2, adamw: 2, rmsprop: 2 }

const float = 4

/**
 * Numbers a photo that the steps keep for their gradients. What one hands on and the next takes in is kept once.
 * @param isKept whether what comes into the first of them is there anyway
 */
function savedBy(steps: readonly CompiledStep[], plan: ResolvedPlan, isKept: boolean): number {
  let sum = 0
  let before = isKept
  for (const step of steps) {
    const { input, output, more = 0 }: Kept = kindOf(step.placed.layer).keeps?.(step, plan) ?? {}
    const inside = step.paths.reduce((all, path) => all + savedBy(path, plan, before || input === true), 0)
    sum += inside + more + (input && !before ? sizeOf(step.input) : 0) + (output ? sizeOf(step.output) : 0)
    before = output === true
  }
  return sum
}

/** A step's input, output, and its output before activation and pooling; on the way back their gradients. */
const atWork = (steps: readonly CompiledStep[]): number =>
  Math.max(
    0,
    ...steps.map((it) => {
      const own = sizeOf(it.input) + sizeOf(it.placed.output) + sizeOf(it.output)
      // A path's input waits until all paths are through.
      return it.paths.length === 0 ? own : sizeOf(it.input) + Math.max(own, ...it.paths.map(atWork))
    }),
  )

/**
 * What training takes at its peak, bytes: an estimate from shapes alone, without trying. Weights, gradients and optimizer
 * slots; outputs kept for the way back; and what a convolution and its gradient hold while they run.
 */
export function peakBytes(
  network: Network,
  plan: ResolvedPlan,
  config: Pick<RunConfig, 'batch' | 'accumulate' | 'optimizer' | 'momentum' | 'movingAverage'>,
): number {
  const steps = compileNetwork(network)
  const first = steps.findIndex((it) => it.parameters.some((name) => plan.learningRates.has(name)))
  const below = steps.slice(0, first)
  const above = steps.slice(first)
  const photos = Math.ceil(config.batch / config.accumulate)

  const kept =
    plan.learns *
    (1 +
      (config.optimizer === 'sgd' && config.momentum === 0 ? 0 : slots[config.optimizer]) +
      (config.movingAverage === null ? 0 : 1))
  const tensors = tensorsOfNetwork(network)
  const largestOf = (list: typeof tensors) => Math.max(0, ...list.map((it) => sizeOf(it.shape)))
  const largest = largestOf(tensors.filter((it) => plan.learningRates.has(it.name)))
  const weights = tensors.reduce((sum, tensor) => sum + sizeOf(tensor.shape), 0)
  const forward = atWork(below) * prefixChunk
  // What comes into the first one waits with the batch.
  const around = (savedBy(above, plan, false) + atWork(above)) * photos + kept + 2 * largest
  // While it is loaded, the largest tensor is there as read and as given to the backend.
  const loading = 2 * largestOf(tensors)
  return processBytes + float * (weights + Math.max(forward, around, loading))
}

/** What answering for photos takes at its peak, bytes beside those of the process. */
export function inferenceBytes(network: Network): number {
  const sizes = tensorsOfNetwork(network).map((tensor) => sizeOf(tensor.shape))
  const weights = sizes.reduce((a, b) => a + b, 0)
  const widest = atWork(compileNetwork(network))
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
