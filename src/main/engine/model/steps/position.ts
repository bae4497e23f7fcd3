import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import { addGradient } from './step.ts'
import type { Step } from './step.ts'

/** Adds each token's place, [1, tokens, channels], to the tokens [batch, tokens, channels]. */
export function positionStep({ placed: { name }, names }: StepOf<'position'>): Step {
  return {
    names,
    parameters: [name],
    run(x, pass, record) {
      const { kernels } = pass
      const y = tf.tidy(() => kernels.enter(tf.add(kernels.leave(x), pass.weights.get(name))))
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy, wantInput) => {
          if (pass.learns(name))
            addGradient(
              pass,
              name,
              tf.tidy(() => tf.sum(kernels.leave(dy), 0, true)),
            )
          if (wantInput) return dy
          dy.dispose()
          return null
        },
      }
    },
  }
}
