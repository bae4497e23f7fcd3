import type { StepOf } from '../../../../shared/model/compiled.ts'
import type { Step } from './step.ts'

/** [batch, height, width, channels] to [batch, height · width, channels]: the same numbers in the same order. */
export function tokensStep({ names }: StepOf<'tokens'>): Step {
  return {
    names,
    parameters: [],
    run(x, { kernels }, record) {
      const [batch, height, width, channels] = x.shape as [number, number, number, number]
      const y = kernels.reshape(x, [batch, height * width, channels])
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy) => {
          const dx = kernels.reshape(dy, [batch, height, width, channels])
          dy.dispose()
          return dx
        },
      }
    },
  }
}
