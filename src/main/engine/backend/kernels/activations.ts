import type { Activation } from '../../../../shared/model/spec.ts'
import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'

/** An activation and its derivative in TensorFlow.js' own operations, float32. */
interface Formula {
  activate: (x: Tensor) => Tensor
  /** @param from the activation's input or output, as `gradientFrom` says */
  gradient: (dy: Tensor, from: Tensor) => Tensor
}

/** dy where it passes, else 0. */
const where = (passes: Tensor, dy: Tensor): Tensor => tf.mul(dy, tf.cast(passes, 'float32'))
const between = (x: Tensor, from: number, to: number): Tensor =>
  tf.logicalAnd(tf.greater(x, from), tf.less(x, to))

/** The share of a normal distribution below x: (1 + erf(x / √2)) / 2. */
const normalShare = (x: Tensor): Tensor => tf.erf(tf.mul(x, Math.SQRT1_2)).add(1).mul(0.5)

/** Each as torch.nn.functional has it. */
export const formulas: Readonly<Record<Activation, Formula>> = {
  relu: { activate: (x) => tf.relu(x), gradient: (dy, y) => where(tf.greater(y, 0), dy) },
  relu6: { activate: (x) => tf.relu6(x), gradient: (dy, y) => where(between(y, 0, 6), dy) },
  sigmoid: { activate: (x) => tf.sigmoid(x), gradient: (dy, y) => dy.mul(y).mul(tf.sub(1, y)) },
  hardsigmoid: {
    activate: (x) => tf.relu6(x.add(3)).div(6),
    gradient: (dy, y) => where(between(y, 0, 1), dy).div(6),
  },
  hardswish: {
    activate: (x) => tf.relu6(x.add(3)).mul(x).div(6),
    gradient(dy, x) {
      const slope = where(between(x, -3, 3), x.div(3).add(0.5))
      return dy.mul(slope.add(tf.cast(tf.greaterEqual(x, 3), 'float32')))
    },
  },
  silu: {
    activate: (x) => tf.sigmoid(x).mul(x),
    gradient(dy, x) {
      const share = tf.sigmoid(x)
      return dy.mul(share).mul(x.mul(tf.sub(1, share)).add(1))
    },
  },
  gelu: {
    activate: (x) => normalShare(x).mul(x),
    gradient(dy, x) {
      const density = tf.exp(x.square().mul(-0.5)).mul(1 / Math.sqrt(2 * Math.PI))
      return dy.mul(normalShare(x).add(density.mul(x)))
    },
  },
}
