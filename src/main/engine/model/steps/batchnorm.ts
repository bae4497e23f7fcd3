import type { StepOf } from '../../../../shared/model/compiled.ts'
import type { Activation, BatchNorm } from '../../../../shared/model/spec.ts'
import { tf } from '../../backend/tf.ts'
import type { BatchNormGradient, BatchNormResult } from '../../backend/kernels/kernels.ts'
import type { Tensor } from '../../backend/tf.ts'
import { addGradient } from './step.ts'
import type { Pass, Step } from './step.ts'

/** Takes dy away; the gradients of scale and offset have been added to the pass' own. */
type Back<Further> = (
  dy: Tensor,
  further?: (dy: Tensor, normalised: { z: Tensor; scale: Tensor; saved: Tensor[] }) => Further | null,
) => BatchNormGradient | Further

/**
 * Moves the running statistics of all BatchNorm layers that a pass has gone through: running = (1 − momentum) · running +
 * momentum · batch, the variance with Bessel's correction, as torch.nn.BatchNorm2d does. All at once, since each is too short to be
 * worth an operation of its own.
 */
export function moveStatistics({ kernels, weights, statistics }: Pass): void {
  const seen = statistics.splice(0)
  for (const momentum of new Set(seen.map((it) => it.momentum))) {
    const moves = seen
      .filter((it) => it.momentum === momentum)
      .flatMap(({ layer, mean, variance }) => [
        { running: `${layer}.running_mean`, batch: mean },
        { running: `${layer}.running_var`, batch: variance },
      ])
    const moved = kernels.mix(
      moves.map(({ running, batch }) => [weights.get(running), batch]),
      momentum,
    )
    moves.forEach(({ running, batch }, i) => {
      weights.set(running, moved[i]!)
      batch.dispose()
    })
  }
  for (const { layer } of seen) weights.count(`${layer}.num_batches_tracked`, 1)
}

/**
 * What follows normalising by the batch's own statistics: they are handed to the pass.
 * @param z what was normalised, which is taken over
 * @returns the way back, to z or by `further` to what z comes from; null where nothing is recorded
 */
export function afterNorm<Further extends BatchNormGradient = BatchNormGradient>(
  z: Tensor,
  { mean, variance, saved }: BatchNormResult,
  { name, layer }: { name: string; layer: BatchNorm },
  activation: Activation | null,
  pass: Pass,
  record: boolean,
): Back<Further> | null {
  const { kernels, weights } = pass
  pass.statistics.push({ layer: name, mean, variance, momentum: layer.momentum })
  if (!record) {
    tf.dispose([z, ...saved])
    return null
  }
  const scale = weights.get(`${name}.weight`).clone()
  return (dy, further) => {
    const gradient =
      further?.(dy, { z, scale, saved }) ??
      kernels.batchNormGradient(dy, z, scale, saved, layer.eps, activation)
    tf.dispose([dy, z, scale, ...saved])
    for (const [part, value] of [
      ['weight', gradient.scale],
      ['bias', gradient.offset],
    ] as const)
      if (pass.learns(`${name}.${part}`)) addGradient(pass, `${name}.${part}`, value)
      else value.dispose()
    return gradient
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
      const [scale, offset] = parameters.map((parameter) => pass.weights.get(parameter)) as [Tensor, Tensor]
      const result = pass.kernels.batchNorm(x, scale, offset, layer.eps)
      const back = afterNorm(x.clone(), result, { name, layer }, null, pass, record)
      return { y: result.y, back: back && ((dy) => back(dy).x) }
    },
  }
}
