import type { StepOf } from '../../../../shared/model/compiled.ts'
import { tf } from '../../backend/tf.ts'
import type { Tensor } from '../../backend/tf.ts'
import { dropoutMask } from './dropout.ts'
import { runSteps } from './step.ts'
import type { Pass, Step } from './step.ts'

/** Adds up, taking both away. */
function sum(a: Tensor, b: Tensor, { kernels }: Pass): Tensor {
  const y = kernels.add(a, b)
  tf.dispose([a, b])
  return y
}

/** Runs the same input through each path, and joins what comes out. */
export function pathsStep({ placed, names, parameters, draw }: StepOf<'paths'>, paths: Step[][]): Step {
  const { join, drop } = placed.layer
  /** Stochastic depth is off where nothing in the paths learns, as in PyTorch's eval mode. */
  const drops = (learns: Pass['learns']): boolean => drop > 0 && parameters.some(learns)
  const all = paths.flat()

  return {
    names,
    parameters,
    random: (learns) => drops(learns) || all.some((step) => step.random?.(learns)),
    run(x, pass, record) {
      const ran = paths.map((path) => runSteps(path, x, pass, record))
      const outputs = ran.map(({ y }) => y)
      // A number for each photo, 0 or 1 / (1 − drop).
      const counts =
        pass.training && drops(pass.learns)
          ? dropoutMask([x.shape[0], ...x.shape.slice(1).map(() => 1)], drop, pass.draws, draw)
          : null
      if (counts) {
        const [first] = outputs
        outputs[0] = pass.kernels.scale(first!, counts)
        first!.dispose()
      }
      const [map, scale] = outputs as [Tensor, Tensor]
      const y = join === 'scale' ? pass.kernels.scale(map, scale) : outputs.reduce((a, b) => sum(a, b, pass))
      if (!record) {
        tf.dispose([counts, ...(join === 'scale' ? outputs : [])].filter((it) => it !== null))
        return { y, back: null }
      }

      /** The gradient of each path's output. */
      function gradientsOf(dy: Tensor): Tensor[] {
        if (join === 'add') return outputs.map(() => dy.clone())
        const gradients = [pass.kernels.scale(dy, scale), pass.kernels.scaleGradient(dy, map)]
        tf.dispose(outputs)
        return gradients
      }

      return {
        y,
        back: (dy, wantInput) => {
          const gradients = gradientsOf(dy)
          dy.dispose()
          if (counts) {
            const [first] = gradients
            gradients[0] = pass.kernels.scale(first!, counts)
            tf.dispose([first!, counts])
          }
          // In the paths' order, so that a sum of two has the same bits as PyTorch's.
          const found = gradients.map((gradient, i) => ran[i]!.back!(gradient, wantInput))
          if (!wantInput) {
            tf.dispose(found.filter((it) => it !== null))
            return null
          }
          return found.filter((it) => it !== null).reduce((a, b) => sum(a, b, pass))
        },
      }
    },
  }
}
