import type { StepOf } from '../../../../shared/model/compiled.ts'
import type { BatchNorm } from '../../../../shared/model/spec.ts'
import { tf } from '../../backend/tf.ts'
import type { Tensor } from '../../backend/tf.ts'
import { addGradient } from './step.ts'
import type { Pass, Step } from './step.ts'

/**
 * Normalises by the batch's own statistics and moves the running ones: running = (1 − momentum) · running + momentum · batch,
 * the variance with Bessel's correction, as torch.nn.BatchNorm2d does.
 */
export function normalise(
  x: Tensor,
  name: string,
  layer: BatchNorm,
  pass: Pass,
  record: boolean,
): { y: Tensor; back: ((dy: Tensor) => Tensor) | null } {
  const { kernels, weights } = pass
  const scale = weights.get(`${name}.weight`)
  const { y, mean, variance, saved } = kernels.batchNorm(x, scale, weights.get(`${name}.bias`), layer.eps)
  const move = (part: string, batch: Tensor) => {
    const running = weights.get(`${name}.${part}`)
    weights.set(
      `${name}.${part}`,
      tf.tidy(() => running.mul(1 - layer.momentum).add(batch.mul(layer.momentum))),
    )
    batch.dispose()
  }
  move('running_mean', mean)
  move('running_var', variance)
  weights.count(`${name}.num_batches_tracked`, 1)
  if (!record) {
    tf.dispose(saved)
    return { y, back: null }
  }
  const savedX = x.clone()
  const savedScale = scale.clone()
  return {
    y,
    back: (dy) => {
      const gradient = kernels.batchNormGradient(dy, savedX, savedScale, saved, layer.eps)
      tf.dispose([dy, savedX, savedScale, ...saved])
      for (const [part, value] of [
        ['weight', gradient.scale],
        ['bias', gradient.offset],
      ] as const)
        if (pass.learns(`${name}.${part}`)) addGradient(pass, `${name}.${part}`, value)
        else value.dispose()
      return gradient.x
    },
  }
}

/** BatchNorm on its own, where no convolution stands right before it to take it in. */
export function batchNormStep({ placed: { name, layer }, names }: StepOf<'batchnorm'>): Step {
  const parameters = [`${name}.weight`, `${name}.bias`]

  /** With fixed statistics: y = x · k + (offset − mean · k), k = scale / √(variance + eps). */
  function runFixed(x: Tensor, pass: Pass, record: boolean): ReturnType<Step['run']> {
    const get = (part: string) => pass.weights.get(`${name}.${part}`)
    const [k, invStd, normal, y] = tf.tidy(() => {
      const invStd = get('running_var').add(layer.eps).rsqrt()
      const k = get('weight').mul(invStd)
      const float = pass.kernels.leave(x)
      const normal = float.sub(get('running_mean')).mul(invStd)
      return [k, invStd, normal, pass.kernels.enter(normal.mul(get('weight')).add(get('bias')))] as const
    })
    invStd.dispose()
    if (!record) {
      tf.dispose([k, normal])
      return { y, back: null }
    }
    return {
      y,
      back: (dy, wantInput) => {
        const float = pass.kernels.leave(dy)
        const [scaleName, offsetName] = parameters as [string, string]
        if (pass.learns(scaleName))
          addGradient(
            pass,
            scaleName,
            tf.tidy(() => pass.kernels.biasGradient(float.mul(normal))),
          )
        if (pass.learns(offsetName)) addGradient(pass, offsetName, pass.kernels.biasGradient(float))
        const dx = wantInput ? tf.tidy(() => pass.kernels.enter(float.mul(k))) : null
        tf.dispose([dy, float, k, normal])
        return dx
      },
    }
  }

  return {
    names,
    parameters,
    run(x, pass, record) {
      if (!pass.training || !pass.updates(name)) return runFixed(x, pass, record)
      const { y, back } = normalise(x, name, layer, pass, record)
      return { y, back: back && ((dy) => back(dy)) }
    },
  }
}
