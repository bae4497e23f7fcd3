import type { BatchNorm } from '../../../../shared/model/spec.ts'
import { tf } from '../../backend/tf.ts'
import type { Tensor } from '../../backend/tf.ts'
import type { Weights } from '../weights.ts'

/** A BatchNorm with fixed statistics as a map of each channel, [channels] each. The caller owns them. */
export interface FoldedNorm {
  /** 1 / √(variance + eps) */
  invStd: Tensor
  /** The factor that goes into the filter: scale · invStd. */
  k: Tensor
  /** What the convolution's own bias becomes before the factor: bias − mean. */
  centred: Tensor
  /** offset + centred · k */
  bias: Tensor
}

/**
 * Computed in float64 and rounded once. A rounding error of k is the same for every number of its channel, so that it does not average
 * out over a sum as others do, and offset + (bias − mean) · k cancels: in float32 both made deep networks several times less exact
 * than PyTorch's, which normalises apart from the convolution.
 * @param bias the convolution's own, if it has one
 */
export function foldNorm(
  { name, layer }: { name: string; layer: BatchNorm },
  bias: Tensor | null,
  weights: Weights,
): FoldedNorm {
  const values = (part: string) => weights.get(`${name}.${part}`).dataSync()
  const [scale, offset, mean] = [values('weight'), values('bias'), values('running_mean')]
  const own = bias?.dataSync()
  const invStd = Float64Array.from(values('running_var'), (it) => 1 / Math.sqrt(it + layer.eps))
  const k = invStd.map((it, c) => it * scale[c]!)
  const centred = invStd.map((_, c) => (own?.[c] ?? 0) - mean[c]!)
  const tensor = (it: Float64Array) => tf.tensor1d(Float32Array.from(it))
  return {
    invStd: tensor(invStd),
    k: tensor(k),
    centred: tensor(centred),
    bias: tensor(k.map((it, c) => offset[c]! + centred[c]! * it)),
  }
}
