import type { RunConfig } from '../../../shared/config.ts'
import { ThawError } from '../../../shared/errors.ts'
import { largestBatch, peakBytes } from '../../../shared/model/cost.ts'
import { requirePhotoSize } from '../../../shared/model/photoSize.ts'
import type { ResolvedPlan } from '../../../shared/model/plan.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { because } from '../../../shared/reasons.ts'
import { describeStart } from '../model/open.ts'

/**
 * What the schema of the settings cannot say.
 * @throws ThawError config.invalid if there is not one class weight a class, if all of them are 0, for Nesterov without momentum, and for
 * Adam with a beta of 1, which torch.optim refuses too: its average would be divided by 1 − 1
 */
export function requireSense(
  { classWeights, optimizer, nesterov, momentum, betas }: RunConfig,
  classes: number,
): void {
  if (Array.isArray(classWeights) && classWeights.length !== classes)
    throw new ThawError('config.invalid', {
      ...because('weights-per-class', { given: classWeights.length, classes }),
    })
  if (Array.isArray(classWeights) && classWeights.every((weight) => weight === 0))
    throw new ThawError('config.invalid', { ...because('weights-all-zero') })
  if (optimizer === 'sgd' && nesterov && momentum === 0)
    throw new ThawError('config.invalid', { ...because('nesterov-without-momentum') })
  if (optimizer.startsWith('adam') && betas.includes(1))
    throw new ThawError('config.invalid', { ...because('beta-of-one') })
}

/**
 * What keeps a run from beginning, as far as that can be told without computing: settings that make no sense, and a weight file that is
 * not there, cannot be read, or does not fit. Values are not read; that they are numbers shows when the run begins.
 * @returns what a person should know of the weight file all the same
 * @throws ThawError config.invalid, network.unknown, weights.*, preparation.size
 */
export async function requireStart(config: RunConfig, classes: number): Promise<ThawError[]> {
  requireSense(config, classes)
  const { network, preparation, notes } = await describeStart(config.backbone, config.weights, classes)
  requirePhotoSize(network, config.preparation ?? preparation)
  return notes
}

/**
 * That there is memory for a step of this plan.
 * @param available bytes that are free
 * @throws ThawError run.does-not-fit, with a batch that would; run.never-fits if a single photo at a time is too much
 */
export function requireFit(network: Network, plan: ResolvedPlan, config: RunConfig, available: number): void {
  const needsMoreThan = (settings: RunConfig) => peakBytes(network, plan, settings) > available
  if (!needsMoreThan(config)) return
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1)
  const needed = gigabytes(peakBytes(network, plan, config))
  const batch = largestBatch(network, plan, config, available)
  if (needsMoreThan({ ...config, batch, accumulate: 1 }))
    throw new ThawError('run.never-fits', { needed, available: gigabytes(available) })
  throw new ThawError('run.does-not-fit', { needed, available: gigabytes(available), batch })
}
