import { formOf } from './shape.ts'
import type { CompiledStep } from './compiled.ts'

/** A layer whose output lies in the photo place by place, so that Grad-CAM can be laid over it. */
export interface GradCamLayer {
  /** Full name, as PyTorch has it. */
  name: string
  /** How many of the steps give its output. */
  steps: number
  form: 'map' | 'tokens'
  width: number
  height: number
}

/**
 * The layers that Grad-CAM can be asked about, in their order; the last one is what is usually meant: the last stage of
 * convolutions before its places are pooled away. Pooling itself shows nothing that its input does not show more finely. Of
 * transformers the last block's output is left out: the head reads only the class token of it, so no other token has a gradient.
 * @param steps of a network where nothing is fused, see `compileNetwork`
 */
export function gradCamLayers(steps: readonly CompiledStep[]): GradCamLayer[] {
  const attending = steps.findLastIndex(looksAround)
  return steps.flatMap((step, i): GradCamLayer[] => {
    // Names of what holds a step come behind its own; the plainest that PyTorch's users would hook is the first.
    const [name] = step.names
    if (name === undefined || step.placed.layer.kind.endsWith('pool')) return []
    const at = { name, steps: i + 1 }
    const form = formOf(step.output)
    if (form === 'map') {
      const [, height, width] = step.output as readonly [number, number, number]
      return width > 1 && height > 1 ? [{ ...at, form, width, height }] : []
    }
    if (form !== 'tokens' || i >= attending) return []
    const side = sideOf(step.output[0])
    return [{ ...at, form, width: side, height: side }]
  })
}

/** Patches a side, where the photo's tokens stand behind the class token. */
export const sideOf = (tokens: number): number => Math.floor(Math.sqrt(tokens))

const looksAround = (step: CompiledStep): boolean =>
  step.placed.layer.kind === 'attention' || step.paths.some((path) => path.some(looksAround))
