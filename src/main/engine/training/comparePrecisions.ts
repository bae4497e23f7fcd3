import { setImmediate as nextTurn } from 'node:timers/promises'
import { photosOf } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import type { PrecisionComparison } from '../../../shared/run.ts'
import { spread } from '../../../shared/spread.ts'
import { openCompute } from '../backend/compute.ts'
import { describeCpu, hasBfloat16 } from '../backend/cpu.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { Model } from '../model/network.ts'
import { openNetwork } from '../model/open.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { photoBatch } from '../model/photoBatch.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { crossEntropy } from './loss.ts'
import { planFor } from '../../../shared/planFor.ts'
import type { TrainOptions } from './train.ts'

/** Photos of the probe batch: as many as the frozen part is computed for at once. */
const probed = 8

/** Timed passes a precision, of which the fastest counts: what disturbs a measurement only ever makes it slower. */
const passes = 3

/** Faster than this, and nearer than that share of the logits' range, fast is worth its rounding. */
const worthwhile = { gain: 1.2, deviation: 0.05 }

const nothingGained: PrecisionComparison = { gain: null, deviation: null, recommended: false }

/**
 * How much faster a step of this run is in fast precision than in exact, and how far the logits part, on photos of the dataset.
 * Without bfloat16 arithmetic there is nothing to gain, and nothing is measured.
 * @throws ThawError photo.*, cancelled, weights.*
 */
export async function comparePrecisions({
  config,
  dataset,
  signal,
}: Omit<TrainOptions, 'name'>): Promise<PrecisionComparison> {
  const exact = await openCompute(config.threads, 'exact')
  const { backend, device } = exact.environment
  // A graphics card rounds to bfloat16 too, whatever the processor beside it can do.
  const gains = backend === 'tensorflow' && (hasBfloat16() || device !== describeCpu().model)
  if (!gains) return nothingGained
  const fast = await openCompute(config.threads, 'fast')
  const opened = await openNetwork({
    backbone: config.backbone,
    file: config.weights,
    newHead: { classes: dataset.classes.length, seed: config.seed },
  })
  let batch: Tensor | undefined
  try {
    const photos = spread(photosOf(dataset, 'train'), probed)
    const x = await batchOf(
      photos.map(({ path }) => path),
      dataset.folder,
      opened,
      exact.environment.threads,
      signal,
    )
    batch = x
    const sides = [exact, fast].map((compute) => ({
      compute,
      model: new Model(opened.network, opened.weights, compute.kernels),
      seconds: Infinity,
    }))
    // Before anything learns: trained BatchNorm moves its statistics.
    const [logits, rounded] = sides.map(({ model }) => valuesOf(model.infer(x)))
    const targets = photos.map((photo) => photo.class)
    for (let pass = 0; pass <= passes; pass += 1)
      for (const side of sides) {
        if (signal?.aborted) throw new ThawError('cancelled')
        const seconds = secondsOfStep(side.model, x, targets, config)
        // The first one also gets memory from the system.
        if (pass > 0) side.seconds = Math.min(side.seconds, seconds)
        await nextTurn()
      }
    const gain = sides[0]!.seconds / sides[1]!.seconds
    const deviation = deviationOf(logits!, rounded!)
    return {
      gain,
      deviation,
      recommended: gain >= worthwhile.gain && deviation <= worthwhile.deviation,
    }
  } finally {
    batch?.dispose()
    opened.weights.dispose()
  }
}

function valuesOf(logits: Tensor): Float32Array {
  const values = logits.dataSync() as Float32Array
  logits.dispose()
  return values
}

/** Largest difference, as a share of the range of `exact`. */
function deviationOf(exact: Float32Array, other: Float32Array): number {
  const range = Math.max(...exact) - Math.min(...exact)
  const largest = exact.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0)
  return range > 0 ? largest / range : 0
}

/** @returns float32 [photos, side, side, 3] */
async function batchOf(
  paths: readonly string[],
  folder: string,
  { preparation }: OpenedNetwork,
  threads: number,
  signal: AbortSignal | undefined,
): Promise<Tensor> {
  const workers = await ViewWorkers.open({ threads, folder, preparation })
  try {
    const jobs = paths.map((path) => ({ path, view: { kind: 'evaluation' } as const }))
    const pixels: Uint8Array[] = []
    for await (const view of workers.views(jobs, signal ? { signal } : {})) {
      if ('error' in view) throw view.error
      pixels.push(view.pixels)
    }
    return photoBatch(pixels, preparation, pixels.length)
  } finally {
    await workers.close()
  }
}

/** The frozen part and a pass forward and back of the rest, with the run's first plan. */
function secondsOfStep(
  model: Model,
  x: Tensor,
  targets: readonly number[],
  config: TrainOptions['config'],
): number {
  const plan = resolvePlan(model.network, planFor(config, model.network, 1))
  const cut = model.cutOf(plan)
  const gradients = new Map<string, Tensor>()
  const started = performance.now()
  const fixed = cut.prefix > 0 ? model.infer(x, { to: cut.prefix }) : x.clone()
  const features = model.draw(fixed, cut, [{ rows: targets.length, seed: config.seed }])
  model.learn(features, {
    plan,
    cut,
    seed: config.seed,
    gradients,
    lossGradient: (logits) =>
      crossEntropy(logits, targets, { labelSmoothing: 0, classWeights: null }).gradient,
  })
  const seconds = (performance.now() - started) / 1000
  tf.dispose([fixed, features, ...gradients.values()])
  return seconds
}
