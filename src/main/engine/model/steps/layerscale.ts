import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import { addGradient } from './step.ts'
import type { Step } from './step.ts'

/** x times a factor for each channel. */
export function layerScaleStep({ placed, names }: StepOf<'layerscale'>): Step {
  const name = placed.tensors[0]!.name
  return {
    names,
    parameters: [name],
    run(x, pass, record) {
      const { kernels } = pass
      const factor = pass.weights.get(name)
      const y = kernels.scale(x, factor)
      if (!record) return { y, back: null }
      const savedX = pass.learns(name) ? x.clone() : null
      const saved = factor.clone()
      return {
        y,
        back: (dy, wantInput) => {
          if (savedX) {
            const products = kernels.scale(dy, savedX)
            addGradient(pass, name, kernels.biasGradient(products))
            tf.dispose([products, savedX])
          }
          const dx = wantInput ? kernels.scale(dy, saved) : null
          tf.dispose([dy, saved])
          return dx
        },
      }
    },
  }
}
