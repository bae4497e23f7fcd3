import type { Activation } from '../../../../shared/model/spec.ts'
import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import { formulas } from './activations.ts'
import { batchStatistics } from './batchStatistics.ts'
import { lanesOf, overLanes, placeSums, sidesOf } from './channelSums.ts'
import { fingerprintOf } from './fingerprint.ts'
import { isSame, marginsOf } from './geometry.ts'
import type { Margins } from './geometry.ts'
import type { Kernels, Window } from './kernels.ts'
import { maxPoolGradient } from './max-pool-gradient.ts'
import { mix, normWithActivation } from './normWithActivation.ts'
import { framedForPool, unframed } from './poolFrame.ts'
import { attention, attentionGradient, layerNorm, layerNormGradient } from './tokens.ts'
import { valuesOf } from './values.ts'

type Tensor4 = import('@tensorflow/tfjs').Tensor4D
type Tensor2 = import('@tensorflow/tfjs').Tensor2D
type Tensor1 = import('@tensorflow/tfjs').Tensor1D

/** Numbers that a filter's gradient and sums over rows take at once: a megabyte, which the second-level cache holds. */
const bandNumbers = 2 ** 18

/** Numbers that a product of matrices adds up in one float32 sum, where its rows can be divided. */
const summedRows = 256

/** Numbers of a linear layer's weights that are copied at once: 16 MB. */
const partNumbers = 2 ** 22

/**
 * Kernels by tf.js's own operations, for WebAssembly and plain JavaScript. WebAssembly has fast convolutions and products but
 * hardly any gradient, and its sums are slow: so gradients are written as convolutions and products.
 */
export function portableKernels(backend: 'wasm' | 'cpu'): Kernels {
  /** Zeros around the two middle axes; negative margins cut. */
  function framed(x: Tensor4, rows: Margins, columns: Margins): Tensor4 {
    const margins = [...rows, ...columns]
    const grow = ([before, after]: Margins): Margins => [Math.max(0, before), Math.max(0, after)]
    const cut = ([before]: Margins): number => Math.max(0, -before)
    const grown = margins.some((it) => it > 0) ? tf.pad(x, [[0, 0], grow(rows), grow(columns), [0, 0]]) : x
    // Even a slice of all there is would be a copy.
    if (margins.every((it) => it >= 0)) return grown
    const [batch, height, width, channels] = x.shape
    return tf.slice(
      grown,
      [0, cut(rows), cut(columns), 0],
      [batch, height + rows[0] + rows[1], width + columns[0] + columns[1], channels],
    )
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

  /**
   * Sums over all axes but the last, by products with ones, a band at a time: they copy what is summed. Rows lie side by side, so
   * that only some hundred numbers are added up in float32.
   */
  function channelSums(x: Tensor): Float64Array {
    const channels = x.shape.at(-1)!
    const rows = x.size / channels
    const lanes = lanesOf(rows, channels)
    const width = lanes * channels
    const all = x.reshape<Tensor2>([rows / lanes, width])
    const most = Math.max(1, Math.floor(bandNumbers / width))
    const sums = new Float64Array(channels)
    for (let top = 0; top < rows / lanes; top += most) {
      const here = Math.min(most, rows / lanes - top)
      const partial = tf.tidy(() => {
        const band = here === rows / lanes ? all : tf.slice(all, [top, 0], [here, width])
        return tf.matMul(tf.ones([1, here]), band)
      })
      overLanes(valuesOf(partial), channels).forEach((sum, c) => (sums[c]! += sum))
      partial.dispose()
    }
    return sums
  }
  const float32 = (values: Float64Array): Tensor1 => tf.tensor1d(Float32Array.from(values))

  /** aᵀ · b, [rows, m] and [rows, n], a band of rows at a time: one sum over all tokens of a batch would lose digits. */
  function productOverRows(a: Tensor2, b: Tensor2): Tensor {
    const [rows] = a.shape
    const tops = Array.from({ length: Math.ceil(rows / summedRows) }, (_, band) => band * summedRows)
    return tops.reduce<Tensor | null>((sum, top) => {
      const product = tf.tidy(() => {
        const count = Math.min(summedRows, rows - top)
        const band = (x: Tensor2) => (count === rows ? x : tf.slice(x, [top, 0], [count, x.shape[1]]))
        const part = tf.matMul(tf.transpose(band(a)), band(b))
        return sum ? tf.add(sum, part) : part
      })
      sum?.dispose()
      return product
    }, null) as Tensor
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
    const frame = (size: number, length: number): Margins => {
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

  /** Where each place of a filter looks: the grid of its phase, and where it begins there. */
  function tapsOf(
    kernel: number,
    stride: number,
  ): { row: number; column: number; down: number; right: number }[] {
    return Array.from({ length: kernel * kernel }, (_, key) => {
      const [i, j] = [Math.floor(key / kernel), key % kernel]
      return {
        row: i % stride,
        column: j % stride,
        down: Math.floor(i / stride),
        right: Math.floor(j / stride),
      }
    })
  }

  /** For each place in the filter, what it saw of the photo times the gradient of what came of it, summed by channel. */
  function depthwiseFilterGradient(dy: Tensor4, x: Tensor4, filterShape: number[], how: Window): Tensor {
    const [kernel] = filterShape as [number, number, number, number]
    const wide = framed(x, marginsOf(x.shape[1], kernel, how), marginsOf(x.shape[2], kernel, how))
    const phase = phasesOf(wide, how.stride)
    const sums = tapsOf(kernel, how.stride).map(({ row, column, down, right }) =>
      tf.tidy(() =>
        float32(channelSums(tf.mul(tf.slice(phase(row, column), [0, down, right, 0], dy.shape), dy))),
      ),
    )
    return tf.stack(sums).reshape(filterShape)
  }

  /**
   * For each place in the filter, what it saw of the photo times the gradient of what came of it: a product of
   * [channels, positions] with [positions, out].
   *
   * The positions are taken in bands that stay in the processor's cache. A band's rows keep the width of the padded photo, with
   * zeros in the gradient where no output is. So all places see the same numbers, shifted: they are brought into the order
   * [channels, positions] once, and the gradient into the order of the product's right side once too.
   */
  function convFilterGradient(dy: Tensor4, x: Tensor4, filterShape: number[], how: Window): Tensor {
    const [kernel] = filterShape as [number, number, number, number]
    const [batch, height, width, out] = dy.shape
    const channels = x.shape[3]
    const { stride } = how
    const phase = phasesOf(
      framed(x, marginsOf(x.shape[1], kernel, how), marginsOf(x.shape[2], kernel, how)),
      stride,
    )
    // How far apart the first and the last place of a filter look in a grid.
    const reach = Math.floor((kernel - 1) / stride)
    const pitch = phase(0, 0).shape[2]
    const photoRows = height + reach
    const most = Math.max(1, Math.floor(bandNumbers / out / pitch))
    // Whole photos, or rows of one.
    const photos = Math.max(1, Math.floor(most / photoRows))
    const rows = Math.min(height, most)
    const taps = tapsOf(kernel, stride)
    /** [channels, positions], and after them zeros for what the last ones' neighbours would be. */
    const turned = (grid: Tensor4, photo: number, photos: number, top: number, rows: number): Tensor2 =>
      tf.tidy(() => {
        const band = tf.slice(grid, [photo, top, 0, 0], [photos, rows, pitch, channels])
        const byChannel = tf.transpose(band.reshape<Tensor2>([photos * rows * pitch, channels]))
        return tf.pad(byChannel, [
          [0, 0],
          [0, reach * (pitch + 1)],
        ])
      })
    const sums: Tensor[] = []
    for (let photo = 0; photo < batch; photo += photos)
      for (let top = 0; top < height; top += rows) {
        const [photosHere, rowsHere] = [Math.min(photos, batch - photo), Math.min(rows, height - top)]
        const products = tf.tidy(() => {
          const positions = photosHere * (rowsHere + reach) * pitch
          const gradient = framed(
            tf.slice(dy, [photo, top, 0, 0], [photosHere, rowsHere, width, out]),
            [0, reach],
            [0, pitch - width],
          ).reshape<Tensor2>([positions, out])
          const seenBy = new Map<Tensor4, Tensor2>()
          for (const { row, column } of taps) {
            const grid = phase(row, column)
            if (!seenBy.has(grid)) seenBy.set(grid, turned(grid, photo, photosHere, top, rowsHere + reach))
          }
          return taps.map(({ row, column, down, right }) =>
            tf.tidy(() => {
              const seen = seenBy.get(phase(row, column))!
              return tf.matMul(tf.slice(seen, [0, down * pitch + right], [channels, positions]), gradient)
            }),
          )
        })
        products.forEach((product, i) => {
          const before = sums[i]
          sums[i] = before ? tf.add(before, product) : product
          if (before) tf.dispose([before, product])
        })
      }
    return tf.stack(sums).reshape(filterShape)
  }

  /**
   * The operand on the right is copied into another order, and the copy kept as long as the operand lives: the weights of VGG16's
   * first linear layer are taken in parts, or another 411 MB would be gone from a heap of four gigabytes.
   */
  function linearInputGradient(dy: Tensor2, weight: Tensor2): Tensor {
    const [out, from] = weight.shape
    const rows = Math.max(1, Math.floor(partNumbers / from))
    const product = (top: number): Tensor =>
      tf.tidy(() => {
        const here = Math.min(rows, out - top)
        return tf.matMul(
          tf.slice(dy, [0, top], [dy.shape[0], here]),
          tf.slice(weight, [top, 0], [here, from]),
        )
      })
    let sum = product(0)
    for (let top = rows; top < out; top += rows) {
      const before = sum
      sum = tf.tidy(() => tf.add(before, product(top)))
      before.dispose()
    }
    return sum
  }

  const activate = (x: Tensor, activation: Activation): Tensor => formulas[activation].activate(x)
  /** [rows, channels] */
  const asRows = (x: Tensor): Tensor2 => x.reshape([x.size / x.shape.at(-1)!, x.shape.at(-1)!])
  const isFused = (activation: Activation | null): activation is 'relu' | 'relu6' | 'sigmoid' | null =>
    activation === null || activation === 'relu' || activation === 'relu6' || activation === 'sigmoid'

  const biasActivation: Kernels['biasActivation'] = (x, bias, activation) =>
    tf.tidy(() => {
      const biased = bias ? x.add(bias) : x.clone()
      return activation ? activate(biased, activation) : biased
    })

  const formulaOf = {
    activate: (x: Tensor, activation: Activation): Tensor => tf.tidy(() => activate(x, activation)),
    activationGradient: (dy: Tensor, from: Tensor, activation: Activation): Tensor =>
      tf.tidy(() => formulas[activation].gradient(dy, from)),
  }
  const conv: Kernels['conv'] = (x, filter, bias, how) =>
    tf.tidy(() => {
      const input = padded(x as Tensor4, filter.shape[0], how)
      const shared = {
        x: input.x,
        filter: filter as Tensor4,
        strides: how.stride,
        pad: input.pad,
        activation: isFused(how.activation) ? (how.activation ?? 'linear') : 'linear',
        ...(bias && { bias }),
      } as const
      const y = how.depthwise ? tf.fused.depthwiseConv2d(shared) : tf.fused.conv2d(shared)
      return isFused(how.activation) ? y : activate(y, how.activation)
    })
  const norm = normWithActivation(
    {
      batchNorm(x, scale, offset, eps) {
        return tf.tidy(() => {
          const rows = x.size / x.shape.at(-1)!
          const squares = (around: Float64Array | null) => {
            const all = tf.tidy(() => (around ? x.sub(float32(around)) : x).square())
            const sums = channelSums(all)
            all.dispose()
            return sums
          }
          const found = batchStatistics(rows, channelSums(x), squares)
          const mean = float32(found.mean)
          const invStd = float32(found.variance.map((it) => 1 / Math.sqrt(it + eps)))
          const y = x.sub(mean).mul(invStd.mul(scale)).add(offset)
          return { y, mean: mean.clone(), variance: float32(found.unbiased), saved: [mean, invStd] }
        })
      },
      batchNormGradient(dy, x, scale, saved) {
        const [mean, invStd] = saved as [Tensor, Tensor]
        const rows = x.size / x.shape.at(-1)!
        return tf.tidy(() => {
          const normal = x.sub(mean).mul(invStd)
          const offset = channelSums(dy)
          const products = channelSums(dy.mul(normal))
          const rest = dy
            .sub(float32(offset.map((it) => it / rows)))
            .sub(normal.mul(float32(products.map((it) => it / rows))))
          return { x: rest.mul(scale.mul(invStd)), scale: float32(products), offset: float32(offset) }
        })
      },
    },
    { conv, ...formulaOf },
  )

  return {
    backend,
    compute: 'float32',
    enter: (x) => x.clone(),
    leave: (x) => x.clone(),

    conv,
    convInputGradient: (dy, filter, inputShape, how) =>
      tf.tidy(() => convInputGradient(dy as Tensor4, filter as Tensor4, inputShape, how)),
    convFilterGradient: (dy, x, filterShape, how) =>
      tf.tidy(() =>
        (how.depthwise ? depthwiseFilterGradient : convFilterGradient)(
          dy as Tensor4,
          x as Tensor4,
          filterShape,
          how,
        ),
      ),
    biasGradient: (dy) => tf.tidy(() => float32(channelSums(dy))),

    ...formulaOf,
    biasActivation,

    linear: (x, weight, bias, activation) =>
      tf.tidy(() => {
        // (W · xᵀ)ᵀ: the operand on the right is copied into another order first, and that had better be the small one.
        const y =
          x.rank === 2
            ? tf.transpose(tf.matMul(weight as Tensor2, tf.transpose(x)))
            : tf.matMul(asRows(x), weight, false, true)
        return biasActivation(y, bias, activation).reshape([...x.shape.slice(0, -1), weight.shape[0]])
      }),
    linearInputGradient: (dy, weight) =>
      tf.tidy(() =>
        linearInputGradient(asRows(dy), weight as Tensor2).reshape([
          ...dy.shape.slice(0, -1),
          weight.shape[1]!,
        ]),
      ),
    linearWeightGradient: (dy, x) => tf.tidy(() => productOverRows(asRows(dy), asRows(x))),

    maxPool(x, how) {
      const framed = framedForPool(x, how)
      return { y: tf.maxPool(framed as Tensor4, how.kernel, how.stride, 'valid'), saved: [framed] }
    },
    maxPoolGradient: (dy, inputShape, [x], how) => unframed(maxPoolGradient(dy, x!, how), inputShape, how),

    averagePool(x, size) {
      const side = x.shape[1]! / size
      if (side === 1) return x.clone()
      return tf.tidy(() =>
        sidesOf(side).reduce((it, step) => tf.avgPool(it, step, step, 'valid'), x as Tensor4),
      )
    },
    averagePoolGradient(dy, inputShape) {
      const [, height, width] = inputShape as [number, number, number, number]
      const side = height / dy.shape[1]!
      return tf.tidy(() => tf.image.resizeNearestNeighbor((dy as Tensor4).div(side * side), [height, width]))
    },

    ...norm,

    layerNorm: (x, scale, offset, eps) => layerNorm(x, scale, offset, eps),
    layerNormGradient: (dy, x, scale, eps) =>
      layerNormGradient(dy, x, scale, eps, (it) => float32(channelSums(it))),
    attention,
    attentionGradient,

    add: (a, b, activation) =>
      activation ? tf.tidy(() => activate(tf.add(a, b), activation)) : tf.add(a, b),
    scale: (x, factor) => tf.mul(x, factor),
    scaleGradient: (dy, x) => tf.tidy(() => placeSums(tf.mul(dy, x))),
    reshape: (x, shape) => tf.reshape(x, shape).clone(),
    mix,

    fingerprint: (x) => fingerprintOf(valuesOf(x)),
  }
}
