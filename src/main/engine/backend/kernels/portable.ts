import type { Activation } from '../../../../shared/model/spec.ts'
import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import { isSame, marginsOf } from './geometry.ts'
import type { Kernels, Window } from './kernels.ts'
import { maxPoolGradient } from './max-pool-gradient.ts'

type Tensor4 = import('@tensorflow/tfjs').Tensor4D
type Tensor2 = import('@tensorflow/tfjs').Tensor2D
type Tensor1 = import('@tensorflow/tfjs').Tensor1D

/**
 * Kernels by tf.js's own operations, for WebAssembly and plain JavaScript. WebAssembly has fast convolutions and products but
 * hardly any gradient, and its sums are slow: so gradients are written as convolutions and products.
 */
export function portableKernels(backend: 'wasm' | 'cpu'): Kernels {
  /** Zeros around the two middle axes; negative margins cut. */
  function framed(x: Tensor4, rows: [number, number], columns: [number, number]): Tensor4 {
    const grow = (margins: [number, number]): [number, number] => [
      Math.max(0, margins[0]),
      Math.max(0, margins[1]),
    ]
    const grown = tf.pad(x, [[0, 0], grow(rows), grow(columns), [0, 0]])
    const cut = (margins: [number, number], size: number): [number, number] => [
      Math.max(0, -margins[0]),
      size + margins[0] + margins[1],
    ]
    const [top, height] = cut(rows, x.shape[1])
    const [left, width] = cut(columns, x.shape[2])
    return tf.slice(grown, [0, top, left, 0], [x.shape[0], height, width, x.shape[3]])
  }

  /** A stride of s is undone by s − 1 zeros after each number. */
  function spread(dy: Tensor4, stride: number): Tensor4 {
    if (stride === 1) return dy
    const [batch, height, width, channels] = dy.shape
    const apart = tf.pad(dy.reshape([batch * height, 1, width, channels]), [
      [0, 0],
      [0, stride - 1],
      [0, 0],
      [0, 0],
    ])
    const rows = apart.reshape([batch, height * stride, width, channels])
    const columns = tf.pad(rows.reshape([batch * height * stride, width, 1, channels]), [
      [0, 0],
      [0, 0],
      [0, stride - 1],
      [0, 0],
    ])
    return columns.reshape([batch, height * stride, width * stride, channels])
  }

  /** Sums over all axes but the last, by a product with ones. */
  function channelSums(x: Tensor): Tensor1 {
    const channels = x.shape.at(-1)!
    const rows = x.size / channels
    const sums = tf.matMul(tf.ones([1, rows]), x.reshape([rows, channels]))
    return sums.reshape([channels])
  }

  /** The numbers of a window that are known to tf.js by a word, else explicit zeros and "valid". */
  function padded(x: Tensor4, kernel: number, how: Window): { x: Tensor4; pad: 'same' | 'valid' } {
    if (isSame(kernel, how)) return { x, pad: 'same' }
    if (how.padding === 0) return { x, pad: 'valid' }
    const margins = marginsOf(x.shape[1], kernel, how)
    return { x: framed(x, margins, margins), pad: 'valid' }
  }

  function convInputGradient(dy: Tensor4, filter: Tensor4, inputShape: number[], how: Window): Tensor {
    const [kernel] = filter.shape
    const [, height, width] = inputShape as [number, number, number, number]
    const far = spread(dy, how.stride)
    const frame = (size: number, length: number): [number, number] => {
      const [before] = marginsOf(size, kernel, how)
      return [kernel - 1 - before, size + before - length]
    }
    const wide = framed(far, frame(height, far.shape[1]), frame(width, far.shape[2]))
    const turned = tf.reverse(filter, [0, 1])
    return how.depthwise
      ? tf.depthwiseConv2d(wide, turned, 1, 'valid')
      : tf.conv2d(wide, tf.transpose(turned, [0, 1, 3, 2]), 1, 'valid')
  }

  /**
   * Every s-th row and column, beginning at (row, column): what a strided slice gives, which is slow on WebAssembly. Each of
   * the s² grids is made once, by ordinary slices of a reshaped tensor.
   */
  function phasesOf(x: Tensor4, stride: number): (row: number, column: number) => Tensor4 {
    if (stride === 1) return () => x
    const up = (size: number) => Math.ceil(size / stride)
    const [batch, height, width, channels] = x.shape
    const [h, w] = [up(height), up(width)]
    const even = framed(x, [0, h * stride - height], [0, w * stride - width])
    const rows = even.reshape([batch * h, stride, w * stride, channels])
    const grids = Array.from({ length: stride * stride }, (_, key) => {
      const line = tf.slice(rows, [0, Math.floor(key / stride), 0, 0], [batch * h, 1, w * stride, channels])
      const cells = line.reshape([batch * h, w, stride, channels])
      return tf
        .slice(cells, [0, 0, key % stride, 0], [batch * h, w, 1, channels])
        .reshape([batch, h, w, channels])
    })
    return (row, column) => grids[row * stride + column] as Tensor4
  }

  /**
   * For each place in the filter, what it saw of the photo times the gradient of what came of it: one product of
   * [channels, positions] with [positions, out] a place.
   */
  function convFilterGradient(dy: Tensor4, x: Tensor4, filterShape: number[], how: Window): Tensor {
    const [kernel] = filterShape as [number, number, number, number]
    const [batch, height, width, out] = dy.shape
    const channels = x.shape[3]
    const wide = framed(x, marginsOf(x.shape[1], kernel, how), marginsOf(x.shape[2], kernel, how))
    const positions = batch * height * width
    const rows = dy.reshape<Tensor2>([positions, out])
    const phase = phasesOf(wide, how.stride)
    const taps: Tensor[] = []
    for (let i = 0; i < kernel; i += 1)
      for (let j = 0; j < kernel; j += 1)
        taps.push(
          tf.tidy(() => {
            const from = [0, Math.floor(i / how.stride), Math.floor(j / how.stride), 0]
            const grid = phase(i % how.stride, j % how.stride)
            const seen = tf.slice(grid, from, [batch, height, width, channels])
            if (how.depthwise) return channelSums(tf.mul(seen, dy))
            return tf.matMul(tf.transpose<Tensor2>(seen.reshape([positions, channels])), rows)
          }),
        )
    return tf.stack(taps).reshape(filterShape)
  }

  const activationGradient = (dy: Tensor, y: Tensor, activation: Activation): Tensor => {
    const passes = activation === 'relu' ? tf.greater(y, 0) : tf.logicalAnd(tf.greater(y, 0), tf.less(y, 6))
    return tf.mul(dy, tf.cast(passes, 'float32'))
  }
  const activate = (x: Tensor, activation: Activation): Tensor =>
    activation === 'relu' ? tf.relu(x) : tf.relu6(x)

  return {
    backend,
    compute: 'float32',
    enter: (x) => x.clone(),
    leave: (x) => x.clone(),

    conv: (x, filter, bias, how) =>
      tf.tidy(() => {
        const input = padded(x as Tensor4, filter.shape[0], how)
        const shared = {
          x: input.x,
          filter: filter as Tensor4,
          strides: how.stride,
          pad: input.pad,
          activation: how.activation ?? 'linear',
          ...(bias && { bias }),
        } as const
        return how.depthwise ? tf.fused.depthwiseConv2d(shared) : tf.fused.conv2d(shared)
      }),
    convInputGradient: (dy, filter, inputShape, how) =>
      tf.tidy(() => convInputGradient(dy as Tensor4, filter as Tensor4, inputShape, how)),
    convFilterGradient: (dy, x, filterShape, how) =>
      tf.tidy(() => convFilterGradient(dy as Tensor4, x as Tensor4, filterShape, how)),
    biasGradient: (dy) => tf.tidy(() => channelSums(dy)),

    activate,
    activationGradient: (dy, y, activation) => tf.tidy(() => activationGradient(dy, y, activation)),

    // (W · xᵀ)ᵀ: the operand on the right is copied into another order first, and that had better be the small one.
    linear: (x, weight, bias, activation) =>
      tf.tidy(() => {
        const y = tf.transpose(tf.matMul(weight as Tensor2, tf.transpose(x))).add(bias)
        return activation ? activate(y, activation) : y
      }),
    linearInputGradient: (dy, weight) => tf.matMul(dy, weight),
    linearWeightGradient: (dy, x) => tf.tidy(() => tf.matMul(tf.transpose(dy) as Tensor2, x as Tensor2)),

    maxPool: (x, kernel, stride) => tf.maxPool(x as Tensor4, kernel, stride, 'valid'),
    maxPoolGradient: (dy, x, _y, kernel, stride) => maxPoolGradient(dy, x, kernel, stride),

    averagePool(x, size) {
      const side = x.shape[1]! / size
      return side === 1 ? x.clone() : tf.avgPool(x as Tensor4, side, side, 'valid')
    },
    averagePoolGradient(dy, inputShape) {
      const [, height, width] = inputShape as [number, number, number, number]
      const side = height / dy.shape[1]!
      return tf.tidy(() => tf.image.resizeNearestNeighbor((dy as Tensor4).div(side * side), [height, width]))
    },

    batchNorm(x, scale, offset, eps) {
      const rows = x.size / x.shape.at(-1)!
      const [mean, invStd, variance, y] = tf.tidy(() => {
        const mean = channelSums(x).div(rows)
        const centred = x.sub(mean)
        const biased = channelSums(centred.square()).div(rows)
        const invStd = biased.add(eps).rsqrt()
        const y = centred.mul(invStd).mul(scale).add(offset)
        return [mean, invStd, biased.mul(rows / Math.max(1, rows - 1)), y] as const
      })
      return { y, mean: mean.clone(), variance, saved: [mean, invStd] }
    },
    batchNormGradient(dy, x, scale, saved) {
      const [mean, invStd] = saved as [Tensor, Tensor]
      const rows = x.size / x.shape.at(-1)!
      const [dx, dScale, dOffset] = tf.tidy(() => {
        const normal = x.sub(mean).mul(invStd)
        const dOffset = channelSums(dy)
        const dScale = channelSums(dy.mul(normal))
        const rest = dy.mul(rows).sub(dOffset).sub(normal.mul(dScale))
        return [rest.mul(scale.mul(invStd).div(rows)), dScale, dOffset] as const
      })
      return { x: dx, scale: dScale, offset: dOffset }
    },

    add: (a, b) => tf.add(a, b),

    fingerprint(x) {
      const values = x.dataSync() as Float32Array
      const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
      let sum = 0
      for (const word of bits) sum = (sum + word) | 0
      return sum >>> 0
    },
  }
}
