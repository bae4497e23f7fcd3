import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import type { Step } from './step.ts'

/** [batch, height, width, channels] to [batch, channels · height · width] in PyTorch's order, and to float32. */
export function flattenStep({ names }: StepOf<'flatten'>): Step {
  return {
    names,
    parameters: [],
    run(x, { kernels }, record) {
      const [batch, height, width, channels] = x.shape as [number, number, number, number]
      const y = tf.tidy(() =>
        tf.reshape(tf.transpose(kernels.leave(x), [0, 3, 1, 2]), [batch, channels * height * width]),
      )
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy) => {
          const dx = tf.tidy(() =>
            kernels.enter(tf.transpose(dy.reshape([batch, channels, height, width]), [0, 2, 3, 1])),
          )
          dy.dispose()
          return dx
        },
      }
    },
  }
}
