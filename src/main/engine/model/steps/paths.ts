import type { StepOf } from '../../../../shared/model/compiled.ts'
import type { Activation } from '../../../../shared/model/spec.ts'
import { tf } from '../../backend/tf.ts'
import type { Tensor } from '../../backend/tf.ts'
import { dropoutMask } from './dropout.ts'
import { runSteps } from './run.ts'
import type { Pass, Step } from './step.ts'

/** Adds up, taking both away. */
function sum(a: Tensor, b: Tensor, { kernels }: Pass, activation: Activation | null = null): Tensor {
  const y = kernels.add(a, b, activation)
  tf.dispose([a, b])
  return y
}

/** Runs the same input through each path, and joins what comes out. */
export function pathsStep(step: StepOf<'paths'>, paths: Step[][]): Step {
  const { placed, names, parameters, draw } = step
  const { join, drop } = placed.layer
  /** Stochastic depth is off where nothing in the paths learns, as in PyTorch's eval mode. */
  const drops = (learns: Pass['learns']): boolean => drop > 0 && parameters.some(learns)
  const all = paths.flat()
  const [kept, branch] = step.paths
  const pooling = branch?.[0]?.placed.layer
  const isSqueeze =
    join === 'scale' && drop === 0 && kept!.length === 0 && pooling?.kind === 'avgpool' && pooling.size === 1

  function run(
    x: Tensor,
    pass: Pass,
    record: boolean,
    activation: Activation | null,
  ): ReturnType<Step['run']> {
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
    const last = outputs.length - 1
    const y =
      join === 'scale'
        ? pass.kernels.scale(map, scale)
        : outputs.reduce((a, b, i) => sum(a, b, pass, i === last ? activation : null))
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

    const savedY = activation ? y.clone() : null
    return {
      y,
      back: (dy, wantInput) => {
        const g = activation ? pass.kernels.activationGradient(dy, savedY!, activation) : dy.clone()
        tf.dispose(savedY ? [dy, savedY] : dy)
        const gradients = gradientsOf(g)
        g.dispose()
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
  }

  return {
    names,
    parameters,
    random: (learns) => drops(learns) || all.some((step) => step.random?.(learns)),
    ...(isSqueeze && {
      squeeze: { factors: (means, pass) => runSteps(paths[1]!.slice(1), means, pass, false).y },
    }),
    run: (x, pass, record) => run(x, pass, record, null),
    ...(join === 'add' && { runActivated: run }),
  }
}
