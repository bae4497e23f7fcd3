import { gradientFrom } from '../../../../shared/model/kinds/activation.ts'
import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import type {
  BatchNormGradient,
  BatchNormResult,
  ConvNormOptions,
  ConvNormResult,
  Kernels,
} from './kernels.ts'

/** BatchNorm without an activation. */
interface PlainNorm {
  batchNorm: (x: Tensor, scale: Tensor, offset: Tensor, eps: number) => BatchNormResult
  batchNormGradient: (dy: Tensor, x: Tensor, scale: Tensor, saved: Tensor[], eps: number) => BatchNormGradient
}

/** BatchNorm and the activation behind it, one after the other, where no kernel does both at once. */
export function normWithActivation(
  { batchNorm, batchNormGradient }: PlainNorm,
  { conv, activate, activationGradient }: Pick<Kernels, 'conv' | 'activate' | 'activationGradient'>,
): Pick<Kernels, 'batchNorm' | 'convNorm' | 'batchNormGradient'> {
  const activated: Kernels['batchNorm'] = (x, scale, offset, eps, activation = null) => {
    const plain = batchNorm(x, scale, offset, eps)
    if (!activation) return plain
    const y = activate(plain.y, activation)
    if (gradientFrom[activation] === 'input') return { ...plain, y, saved: [plain.y, ...plain.saved] }
    plain.y.dispose()
    return { ...plain, y, saved: [y.clone(), ...plain.saved] }
  }
  return {
    batchNorm: activated,
    convNorm: (x, filter, bias, how) => convNorm(conv, activated, x, filter, bias, how),
    batchNormGradient(dy, x, scale, saved, eps, activation = null) {
      if (!activation) return batchNormGradient(dy, x, scale, saved, eps)
      const [from, ...rest] = saved as [Tensor, ...Tensor[]]
      const g = activationGradient(dy, from, activation)
      const gradient = batchNormGradient(g, x, scale, rest, eps)
      g.dispose()
      return gradient
    },
  }
}

/** A convolution and the BatchNorm behind it, one after the other. */
export function convNorm(
  conv: Kernels['conv'],
  batchNorm: Kernels['batchNorm'],
  x: Tensor,
  filter: Tensor,
  bias: Tensor | null,
  { scale, offset, eps, activation, ...how }: ConvNormOptions,
): ConvNormResult {
  const z = conv(x, filter, bias, { ...how, activation: null })
  return { z, ...batchNorm(z, scale, offset, eps, activation) }
}

/** Of each pair a · (1 − share) + b · share */
export const mix: Kernels['mix'] = (pairs, share) =>
  pairs.map(([a, b]) => tf.tidy(() => a.mul(1 - share).add(b.mul(share))))
