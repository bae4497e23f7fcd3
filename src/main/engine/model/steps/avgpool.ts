import type { StepOf } from '../../../../shared/model/compiled.ts'
import type { Step } from './step.ts'

export function averagePoolStep({ placed: { layer }, names }: StepOf<'avgpool'>): Step {
  return {
    names,
    parameters: [],
    run(x, { kernels }, record) {
      const y = kernels.averagePool(x, layer.size)
      const { shape } = x
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy) => {
          const dx = kernels.averagePoolGradient(dy, shape)
          dy.dispose()
          return dx
        },
      }
    },
  }
}
