import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import { rowMeans } from './channelSums.ts'
import type { AttentionResult, LayerNormGradient } from './kernels.ts'

/** Layer normalisation and attention in TensorFlow.js' own operations, float32. */

/** x without its mean, and 1 / √(variance + eps), over the last axis. */
function normalised(x: Tensor, eps: number): { normal: Tensor; invStd: Tensor } {
  const centred = x.sub(rowMeans(x))
  const invStd = rowMeans(centred.square()).add(eps).rsqrt()
  return { normal: centred.mul(invStd), invStd }
}

/** (x − mean) / √(variance + eps) · scale + offset over the last axis, with the biased variance. */
export const layerNorm = (x: Tensor, scale: Tensor, offset: Tensor, eps: number): Tensor =>
  tf.tidy(() => normalised(x, eps).normal.mul(scale).add(offset))

/** @param sums over all axes but the last */
export function layerNormGradient(
  dy: Tensor,
  x: Tensor,
  scale: Tensor,
  eps: number,
  sums: (x: Tensor) => Tensor,
): LayerNormGradient {
  const [dx, dScale, dOffset] = tf.tidy(() => {
    const { normal, invStd } = normalised(x, eps)
    const g = dy.mul(scale)
    const rest = g.sub(rowMeans(g)).sub(normal.mul(rowMeans(g.mul(normal))))
    return [rest.mul(invStd), sums(dy.mul(normal)), sums(dy)] as const
  })
  return { x: dx, scale: dScale, offset: dOffset }
}

/** Query, key or value, [batch, heads, tokens, width], of the three that lie side by side in each token. */
function part(qkv: Tensor, heads: number, which: number): Tensor {
  const [batch, tokens, wide] = qkv.shape as [number, number, number]
  const channels = wide / 3
  const own = tf.slice(qkv, [0, 0, which * channels], [batch, tokens, channels])
  return tf.transpose(own.reshape([batch, tokens, heads, channels / heads]), [0, 2, 1, 3])
}

/** The heads side by side again: [batch, heads, tokens, width] to [batch, tokens, channels]. */
function together(x: Tensor): Tensor {
  const [batch, heads, tokens, width] = x.shape as [number, number, number, number]
  return tf.transpose(x, [0, 2, 1, 3]).reshape([batch, tokens, heads * width])
}

const factorOf = (qkv: Tensor, heads: number): number => 1 / Math.sqrt(qkv.shape[2]! / 3 / heads)

/** softmax(q · kᵀ / √width) · v; see kernels.ts. */
export function attention(qkv: Tensor, heads: number): AttentionResult {
  const [y, weights] = tf.tidy(() => {
    // As PyTorch: the query is scaled, not the products.
    const q = part(qkv, heads, 0).mul(factorOf(qkv, heads))
    const weights = tf.softmax(tf.matMul(q, part(qkv, heads, 1), false, true))
    return [together(tf.matMul(weights, part(qkv, heads, 2))), weights] as const
  })
  return { y, weights }
}

/** The gradient of query, key and value side by side. @throws without the weights that `attention` gave */
export function attentionGradient(dy: Tensor, qkv: Tensor, weights: Tensor | null, heads: number): Tensor {
  if (!weights) throw new Error('attention’s gradient here needs its weights')
  return tf.tidy(() => {
    const [batch, tokens, channels] = dy.shape as [number, number, number]
    const factor = factorOf(qkv, heads)
    const g = tf.transpose(dy.reshape([batch, tokens, heads, channels / heads]), [0, 2, 1, 3])
    const dv = tf.matMul(weights, g, true, false)
    const products = tf.matMul(g, part(qkv, heads, 2), false, true).mul(weights)
    // Weights add up to 1 but for rounding, which large keys would make large where one token takes all.
    const mean = tf.sum(products, -1, true).div(tf.sum(weights, -1, true))
    const scores = products.sub(weights.mul(mean)).mul(factor)
    const dq = tf.matMul(scores, part(qkv, heads, 1))
    const dk = tf.matMul(scores, part(qkv, heads, 0), true, false)
    return tf.concat([dq, dk, dv].map(together), 2)
  })
}
