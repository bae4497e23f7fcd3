import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import type { Step } from './step.ts'

/** [batch, tokens, channels] to the first token, [batch, channels], and to float32. */
export function takeClassStep({ names }: StepOf<'takeclass'>): Step {
  return {
    names,
    parameters: [],
    run(x, { kernels }, record) {
      const [batch, count, channels] = x.shape as [number, number, number]
      const y = tf.tidy(() =>
        tf.reshape(tf.slice(kernels.leave(x), [0, 0, 0], [batch, 1, channels]), [batch, channels]),
      )
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy) => {
          const dx = tf.tidy(() =>
            kernels.enter(
              tf.pad(dy.reshape([batch, 1, channels]), [
                [0, 0],
                [0, count - 1],
                [0, 0],
              ]),
            ),
          )
          dy.dispose()
          return dx
        },
      }
    },
  }
}
