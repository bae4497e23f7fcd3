import type { RunConfig } from '../../../shared/config.ts'
import { ThawError } from '../../../shared/errors.ts'
import { requirePhotoSize } from '../../../shared/model/photoSize.ts'
import { because } from '../../../shared/reasons.ts'
import { describeStart } from '../model/open.ts'

/**
 * What the schema of the settings cannot say.
 * @throws ThawError config.invalid if there is not one class weight a class, if all of them are 0, and for Nesterov without momentum
 */
export function requireSense(
  { classWeights, optimizer, nesterov, momentum }: RunConfig,
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
