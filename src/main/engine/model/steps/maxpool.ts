import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import type { Step } from './step.ts'

export function maxPoolStep({ placed: { layer }, names }: StepOf<'maxpool'>): Step {
  return {
    names,
    parameters: [],
    run(x, { kernels }, record) {
      const { y, saved } = kernels.maxPool(x, layer)
      const { shape } = x
      if (!record) {
        tf.dispose(saved)
        return { y, back: null }
      }
      return {
        y,
        back: (dy) => {
          const dx = kernels.maxPoolGradient(dy, shape, saved, layer)
          tf.dispose([dy, ...saved])
          return dx
        },
      }
    },
  }
}
