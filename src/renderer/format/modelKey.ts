import type { ClassifyModel } from '../../shared/api/classify.ts'

/** Names a network: two choices of one key give the same answers. */
export function modelKey(model: ClassifyModel): string {
  if ('run' in model) return `run ${model.run}`
  return `file ${'file' in model ? model.file : (model.weights ?? '')}`
}
