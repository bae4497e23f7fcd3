import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import type { Step } from './step.ts'

/** Query, key and value, [batch, tokens, 3 · features], to what each head's tokens take of each other. */
export function attentionStep({ placed: { layer }, names }: StepOf<'attention'>): Step {
  return {
    names,
    parameters: [],
    run(x, { kernels }, record) {
      const { y, weights } = kernels.attention(x, layer.heads)
      if (!record) {
        weights?.dispose()
        return { y, back: null }
      }
      const savedX = x.clone()
      return {
        y,
        back: (dy) => {
          const dx = kernels.attentionGradient(dy, savedX, weights, layer.heads)
          tf.dispose([dy, savedX, ...(weights ? [weights] : [])])
          return dx
        },
      }
    },
  }
}
