import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import { addGradient } from './step.ts'
import type { Step } from './step.ts'

/** Puts the class token, [1, 1, channels], before the tokens [batch, tokens, channels]. */
export function classTokenStep({ placed: { name }, names }: StepOf<'classtoken'>): Step {
  return {
    names,
    parameters: [name],
    run(x, pass, record) {
      const { kernels } = pass
      const [batch, count, channels] = x.shape as [number, number, number]
      const y = tf.tidy(() => {
        const token = tf.tile(pass.weights.get(name), [batch, 1, 1])
        return kernels.enter(tf.concat([token, kernels.leave(x)], 1))
      })
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy, wantInput) => {
          const float = kernels.leave(dy)
          if (pass.learns(name))
            addGradient(
              pass,
              name,
              tf.tidy(() => tf.sum(tf.slice(float, [0, 0, 0], [batch, 1, channels]), 0, true)),
            )
          const dx = wantInput
            ? tf.tidy(() => kernels.enter(tf.slice(float, [0, 1, 0], [batch, count, channels])))
            : null
          tf.dispose([dy, float])
          return dx
        },
      }
    },
  }
}
