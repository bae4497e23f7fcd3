import type { ClassifyModel } from '../../shared/api/classify.ts'
import type { WeightsEntry } from '../../shared/api/models.ts'

/** Names a network: two choices of one key give the same answers. */
export function modelKey(model: ClassifyModel): string {
  if ('run' in model) return `run ${model.run}`
  return `file ${'file' in model ? model.file : (model.weights ?? '')}`
}

/** A published network as who answers; the starter network's file is the engine's own affair. */
export const publishedModel = ({ source, network, file }: WeightsEntry): ClassifyModel => ({
  backbone: network!,
  weights: source === 'starter' ? null : file,
  labels: null,
})
