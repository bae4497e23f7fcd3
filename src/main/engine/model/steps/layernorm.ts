import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import { addGradient } from './step.ts'
import type { Step } from './step.ts'

/** Normalises over the last axis: (x − mean) / √(variance + eps) · scale + offset, with the biased variance. */
export function layerNormStep({ placed: { name, layer }, names }: StepOf<'layernorm'>): Step {
  const [scaleName, offsetName] = [`${name}.weight`, `${name}.bias`]
  return {
    names,
    parameters: [scaleName, offsetName],
    run(x, pass, record) {
      const { kernels, weights } = pass
      const scale = weights.get(scaleName)
      const y = kernels.layerNorm(x, scale, weights.get(offsetName), layer.eps)
      if (!record) return { y, back: null }
      const saved = [x.clone(), scale.clone()] as const
      return {
        y,
        back: (dy) => {
          const gradient = kernels.layerNormGradient(dy, saved[0], saved[1], layer.eps)
          tf.dispose([dy, ...saved])
          for (const [parameter, value] of [
            [scaleName, gradient.scale],
            [offsetName, gradient.offset],
          ] as const)
            if (pass.learns(parameter)) addGradient(pass, parameter, value)
            else value.dispose()
          return gradient.x
        },
      }
    },
  }
}
