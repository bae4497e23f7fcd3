import type { Activation } from '../../../../shared/model/spec.ts'
import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import { formulas } from './activations.ts'
import { batchStatistics } from './batchStatistics.ts'
import { lanesOf, overLanes, placeSums, sidesOf } from './channelSums.ts'
import { isSame } from './geometry.ts'
import type { Kernels, PoolWindow, Window } from './kernels.ts'
import { bfloat16, createExecutor, float32, int32, poolWindow, uint8 } from './execute.ts'
import type { Attribute, NativeBackend } from './execute.ts'
import { convNorm, mix, normWithActivation } from './normWithActivation.ts'
import { createOneDnn } from './onednn.ts'
import { createProcessor } from './processor.ts'
import { framedForPool, framedShape, unframed } from './poolFrame.ts'
import { attention, attentionGradient, layerNorm, layerNormGradient } from './tokens.ts'
import { createWinograd, suitsWinograd } from './winograd.ts'

export interface NativeOptions {
  compute?: Kernels['compute']
  /** Wide 3×3 convolutions by Winograd's algorithm, and oneDNN's own kernels; a card's library has its own choice of algorithms. */
  onProcessor?: boolean
}

/**
 * Kernels by TensorFlow's own ops, called one by one. Going past tf.js's kernels gives the fused gradients that it leaves out
 * (ReluGrad, BiasAddGrad, FusedBatchNormV3), and bfloat16, which it does not know.
 */
export function nativeKernels(
  native: NativeBackend,
  { compute = 'float32', onProcessor = true }: NativeOptions = {},
): Kernels {
  const executor = createExecutor(native)
  const { run, runMany, attribute, typeOf } = executor
  // bfloat16 has too few digits for what cancels in it.
  const winograd = onProcessor && compute === 'float32' ? createWinograd(executor) : null
  const oneDnn = onProcessor ? createOneDnn(executor) : null
  const oneDnnPool = compute === 'float32' || oneDnn?.poolsBfloat16 ? oneDnn : null
  const processor = onProcessor ? createProcessor(executor) : null
  const nhwc = attribute.string('data_format', 'NHWC')
  const target = compute === 'bfloat16' ? bfloat16 : float32

  /** Our own kernels where they compute this tensor. */
  const own = (x: Tensor) => (processor && typeOf(x) === float32 ? processor : null)
  const T = (x: Tensor): Attribute => attribute.type('T', typeOf(x))
  const cast = (x: Tensor, to: number): Tensor => {
    const from = typeOf(x)
    if (from === to) return x.clone()
    const attributes = [
      attribute.type('SrcT', from),
      attribute.type('DstT', to),
      attribute.bool('Truncate', false),
    ]
    return run('Cast', attributes, [x])
  }
  /** Runs `f` with `x` in the type of `like`, freeing what had to be made for it. */
  const as = <R>(x: Tensor, like: Tensor, f: (x: Tensor) => R): R => {
    if (typeOf(x) === typeOf(like)) return f(x)
    const made = cast(x, typeOf(like))
    const result = f(made)
    made.dispose()
    return result
  }
  /** Casts to float32, taking `x` away. */
  const toFloat = (x: Tensor): Tensor => {
    if (typeOf(x) === float32) return x
    const y = cast(x, float32)
    x.dispose()
    return y
  }

  function windowAttributes(x: Tensor, filterSize: number, how: Window): Attribute[] {
    // oneDNN has a faster way for "same" than for the explicit padding that agrees with it.
    const same = isSame(filterSize, how)
    const p = same ? 0 : (how.padding as number)
    return [
      T(x),
      attribute.ints('strides', [1, how.stride, how.stride, 1]),
      attribute.string('padding', same ? 'SAME' : p === 0 ? 'VALID' : 'EXPLICIT'),
      attribute.ints('explicit_paddings', !same && p > 0 ? [0, 0, p, p, p, p, 0, 0] : []),
      attribute.ints('dilations', [1, 1, 1, 1]),
      nhwc,
    ]
  }

  const shapeTensor = (shape: number[]): Tensor => tf.tensor1d(shape, 'int32')
  const withShape = (shape: number[], f: (sizes: Tensor) => Tensor): Tensor => {
    const sizes = shapeTensor(shape)
    const y = f(sizes)
    sizes.dispose()
    return y
  }
  /** Activations that TensorFlow has ops for. */
  const opOf: Partial<Record<Activation, string>> = { relu: 'Relu', relu6: 'Relu6', sigmoid: 'Sigmoid' }
  const gradientOpOf: Partial<Record<Activation, string>> = { relu: 'ReluGrad', relu6: 'Relu6Grad' }
  const pool = (x: Tensor, how: { kernel: number; stride: number }) => poolWindow(executor, x, how)
  const shapeOp = (x: Tensor, shape: number[]): Tensor =>
    withShape(shape, (sizes) => run('Reshape', [T(x), attribute.type('Tshape', int32)], [x, sizes]))
  /** Computes by TensorFlow.js' own operations, which know float32 only, and gives what has x's type. */
  const inFloat = (x: Tensor, f: (x: Tensor) => Tensor): Tensor =>
    typeOf(x) === float32 ? tf.tidy(() => f(x)) : tf.tidy(() => cast(f(cast(x, float32)), typeOf(x)))
  const matMul = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
    run(
      'MatMul',
      [T(a), attribute.bool('transpose_a', transposeA), attribute.bool('transpose_b', transposeB)],
      [a, b],
    )
  const biasAdd = (x: Tensor, bias: Tensor): Tensor =>
    as(bias, x, (b) => run('BiasAdd', [T(x), nhwc], [x, b]))
  const activate = (x: Tensor, activation: Activation): Tensor => {
    if (own(x)) return own(x)!.biasActivation(x, null, activation)
    const op = opOf[activation]
    return op ? run(op, [T(x)], [x]) : inFloat(x, formulas[activation].activate)
  }
  /** [rows, channels] */
  const asRows = (x: Tensor): Tensor => shapeOp(x, [x.size / x.shape.at(-1)!, x.shape.at(-1)!])
  const scale = (x: Tensor, factor: Tensor): Tensor => as(factor, x, (it) => run('Mul', [T(x)], [x, it]))
  const biasActivation = (x: Tensor, bias: Tensor | null, activation: Activation | null): Tensor => {
    if (own(x) && (bias || activation)) return own(x)!.biasActivation(x, bias, activation)
    if (oneDnn && bias && activation === 'relu' && x.rank === 4 && typeOf(x) === float32)
      return oneDnn.biasRelu(x, bias)
    return tf.tidy(() => {
      const biased = bias ? biasAdd(x, bias) : x.clone()
      return activation ? activate(biased, activation) : biased
    })
  }
  /** activation(x + bias), taking `x` away. */
  const finish = (x: Tensor, bias: Tensor | null, activation: Activation | null): Tensor => {
    if (!bias && !activation) return x
    const y = biasActivation(x, bias, activation)
    x.dispose()
    return y
  }
  const framed4 = (x: Tensor, how: PoolWindow): Tensor =>
    how.padding === 0 ? x.clone() : inFloat(x, (it) => framedForPool(it, how))
  const normAttributes = (x: Tensor, eps: number, training = true) => [
    T(x),
    attribute.type('U', float32),
    attribute.float('epsilon', eps),
    attribute.bool('is_training', training),
    nhwc,
  ]
  const fusedNorm = (
    x: Tensor,
    [scale, offset, mean, variance]: Tensor[],
    eps: number,
    training: boolean,
  ): Tensor[] => {
    const attributes = [...normAttributes(x, eps, training), attribute.float('exponential_avg_factor', 1)]
    return runMany('FusedBatchNormV3', attributes, [x, scale!, offset!, mean!, variance!], 6)
  }

  /** A card's library sums in its own blocks, and bfloat16 has no digits to lose. */
  const isExact = (x: Tensor): boolean => onProcessor && typeOf(x) === float32
  /** x with rows side by side, see `lanesOf`: [rows, channels]. */
  const lanesShape = (x: Tensor): [number, number] => {
    const channels = x.shape.at(-1)!
    const rows = x.size / channels
    const lanes = lanesOf(rows, channels)
    return [rows / lanes, lanes * channels]
  }
  const sumOfLanes = (channels: number, inLanes: () => Tensor): Float64Array => {
    const partial = tf.tidy(inLanes)
    const sums = overLanes(partial.dataSync() as Float32Array, channels)
    partial.dispose()
    return sums
  }
  /** Sums over all axes but the last, as a product with ones: half the time of BiasAddGrad. @param x float32 */
  const channelSums = (x: Tensor): Float64Array =>
    sumOfLanes(x.shape.at(-1)!, () => {
      const [rows, numbers] = lanesShape(x)
      return matMul(tf.ones([1, rows]), tf.reshape(x, [rows, numbers]), false, false)
    })
  /** Sums of (x − around)². The gradient of a filter of one number a channel is a sum of products, in one pass over memory. */
  const channelSquares = (x: Tensor, around: Float64Array | null): Float64Array =>
    sumOfLanes(x.shape.at(-1)!, () => {
      const from = around ? run('Sub', [T(x)], [x, tf.tensor1d(Float32Array.from(around))]) : x
      const [rows, numbers] = lanesShape(x)
      const wide = tf.reshape(from, [1, 1, rows, numbers])
      const attributes = windowAttributes(wide, 1, { stride: 1, padding: 0, depthwise: true })
      const filter = tf.tensor1d([1, 1, numbers, 1], 'int32')
      return run('DepthwiseConv2dNativeBackpropFilter', attributes, [wide, filter, wide])
    })

  const biasGradient = (dy: Tensor): Tensor => {
    if (own(dy)) return own(dy)!.channelSums(dy)
    return isExact(dy)
      ? tf.tensor1d(Float32Array.from(channelSums(dy)))
      : toFloat(run('BiasAddGrad', [T(dy), nhwc], [dy]))
  }

  const activationGradient = (dy: Tensor, from: Tensor, activation: Activation): Tensor => {
    if (own(dy)) return own(dy)!.activationGradient(dy, from, activation)
    const op = gradientOpOf[activation]
    return op
      ? run(op, [T(dy)], [dy, from])
      : inFloat(dy, (it) => formulas[activation].gradient(it, cast(from, float32)))
  }
  const conv: Kernels['conv'] = (x, filter, bias, how) => {
    if (own(x)?.suits(how.packed?.shape ?? filter.shape, how)) return own(x)!.conv(x, filter, bias, how)
    if (winograd && suitsWinograd(x.shape, filter.shape, how))
      return finish(winograd.conv(x, filter), bias, how.activation)
    const op = how.depthwise ? 'DepthwiseConv2dNative' : 'Conv2D'
    const y = as(filter, x, (w) => run(op, windowAttributes(x, filter.shape[0], how), [x, w]))
    return finish(y, bias, how.activation)
  }
  const byOperations = normWithActivation(
    {
      batchNorm(x, scale, offset, eps) {
        if (!isExact(x)) {
          const { none } = executor
          const [y, mean, variance, ...saved] = fusedNorm(x, [scale, offset, none, none], eps, true)
          return { y: y!, mean: mean!, variance: variance!, saved }
        }
        const rows = x.size / x.shape.at(-1)!
        const found = batchStatistics(rows, channelSums(x), (around) => channelSquares(x, around))
        const [mean, variance, unbiased] = [found.mean, found.variance, found.unbiased].map((it) =>
          tf.tensor1d(Float32Array.from(it)),
        ) as [Tensor, Tensor, Tensor]
        const [y, ...unused] = fusedNorm(x, [scale, offset, mean, variance], eps, false)
        tf.dispose(unused)
        return { y: y!, mean: mean.clone(), variance: unbiased, saved: [mean, variance, tf.tensor1d([])] }
      },
      batchNormGradient(dy, x, scale, saved, eps) {
        const results = runMany('FusedBatchNormGradV3', normAttributes(x, eps), [dy, x, scale, ...saved], 5)
        const [dx, dScale, dOffset, ...unused] = results as [Tensor, Tensor, Tensor]
        tf.dispose(unused)
        if (!isExact(x)) return { x: dx, scale: dScale, offset: dOffset }
        dOffset.dispose()
        return { x: dx, scale: dScale, offset: biasGradient(dy) }
      },
    },
    { conv, activate, activationGradient },
  )
  const batchNorm: Kernels['batchNorm'] = (x, scale, offset, eps, activation = null) =>
    own(x)?.batchNorm(x, scale, offset, eps, activation) ??
    byOperations.batchNorm(x, scale, offset, eps, activation)

  return {
    backend: 'tensorflow',
    compute,
    enter: (x) => cast(x, target),
    leave: (x) => cast(x, float32),

    conv,
    convInputGradient(dy, filter, inputShape, how) {
      if (own(dy)?.suits(filter.shape, how)) return own(dy)!.convInputGradient(dy, filter, inputShape, how)
      if (winograd && suitsWinograd(inputShape, filter.shape, how)) return winograd.inputGradient(dy, filter)
      const op = how.depthwise ? 'DepthwiseConv2dNativeBackpropInput' : 'Conv2DBackpropInput'
      const attributes = windowAttributes(dy, filter.shape[0], how)
      return as(filter, dy, (w) => withShape(inputShape, (sizes) => run(op, attributes, [sizes, w, dy])))
    },
    convFilterGradient(dy, x, filterShape, how) {
      if (own(dy)?.suits(filterShape, how)) return own(dy)!.convFilterGradient(dy, x, filterShape, how)
      if (winograd && suitsWinograd(x.shape, filterShape, how, 'filter gradient'))
        return winograd.filterGradient(dy, x)
      const op = how.depthwise ? 'DepthwiseConv2dNativeBackpropFilter' : 'Conv2DBackpropFilter'
      const attributes = windowAttributes(dy, filterShape[0]!, how)
      return toFloat(withShape(filterShape, (sizes) => run(op, attributes, [x, sizes, dy])))
    },
    biasGradient,

    activate,
    biasActivation,
    activationGradient,

    linear(x, weight, bias, activation, packed = null) {
      if (packed) return own(x)!.linear(x, weight, bias, activation, packed)
      // (W · xᵀ)ᵀ: with the large operand on the right oneDNN first brings it into another order, which takes 3 to 5 times as
      // long for 8 to 64 rows.
      if (x.rank === 2 && typeOf(x) === float32) {
        const turned = matMul(weight, x, false, true)
        const y = tf.transpose(turned)
        turned.dispose()
        return finish(y, bias, activation)
      }
      return tf.tidy(() => {
        const rows = as(weight, x, (it) => matMul(asRows(x), it, false, true))
        return shapeOp(finish(rows, bias, activation), [...x.shape.slice(0, -1), weight.shape[0]])
      })
    },
    linearInputGradient: (dy, weight) =>
      tf.tidy(() => {
        const rows = as(weight, dy, (it) => matMul(asRows(dy), it, false, false))
        return shapeOp(rows, [...dy.shape.slice(0, -1), weight.shape[1]!])
      }),
    linearWeightGradient: (dy, x) => tf.tidy(() => toFloat(matMul(asRows(dy), asRows(x), true, false))),

    maxPool(x, how) {
      const framed = framed4(x, how)
      if (oneDnnPool) {
        const { y, largest } = oneDnnPool.maxPool(framed, how)
        framed.dispose()
        return { y, saved: [largest] }
      }
      const y = run('MaxPool', pool(framed, how), [framed])
      return { y, saved: [framed, y.clone()] }
    },
    maxPoolGradient(dy, inputShape, saved, how) {
      const dx = oneDnnPool
        ? oneDnnPool.maxPoolGradient(dy, framedShape(inputShape, how), saved[0]!, how)
        : run('MaxPoolGrad', pool(dy, how), [...saved, dy])
      if (how.padding === 0) return dx
      const cut = inFloat(dx, (it) => unframed(it.clone(), inputShape, how))
      dx.dispose()
      return cut
    },

    averagePool(x, size) {
      const [, height, width] = x.shape as [number, number, number, number]
      if (height === size && width === size) return x.clone()
      if (height !== width) throw new Error('average pooling wants a square')
      const sides = isExact(x) ? sidesOf(height / size) : [height / size]
      const pooled = tf.tidy(() =>
        sides.reduce((it, side) => run('AvgPool', pool(it, { kernel: side, stride: side }), [it]), x),
      )
      return size === 1 ? toFloat(pooled) : pooled
    },
    averagePoolGradient(dy, inputShape) {
      const [, height] = inputShape as [number, number, number, number]
      const size = dy.shape[1]!
      if (height === size) return dy.clone()
      const side = height / size
      return withShape(inputShape, (sizes) =>
        run('AvgPoolGrad', pool(dy, { kernel: side, stride: side }), [sizes, dy]),
      )
    },

    batchNorm,
    convNorm: (x, filter, bias, how) =>
      !bias && own(x)?.suits(filter.shape, how)
        ? own(x)!.convNorm(x, filter, how)
        : convNorm(conv, batchNorm, x, filter, bias, how),
    batchNormGradient: (dy, x, scale, saved, eps, activation = null) =>
      own(x)?.batchNormGradient(dy, x, scale, saved, activation) ??
      byOperations.batchNormGradient(dy, x, scale, saved, eps, activation),

    layerNorm: (x, factor, offset, eps) =>
      own(x)?.layerNorm(x, factor, offset, eps) ?? inFloat(x, (it) => layerNorm(it, factor, offset, eps)),
    layerNormGradient(dy, x, factor, eps) {
      if (own(dy)) return own(dy)!.layerNormGradient(dy, x, factor, eps)
      const [dFloat, float] = [cast(dy, float32), cast(x, float32)]
      const gradient = layerNormGradient(dFloat, float, factor, eps, biasGradient)
      const dx = cast(gradient.x, typeOf(dy))
      tf.dispose([dFloat, float, gradient.x])
      return { ...gradient, x: dx }
    },

    attention(qkv, heads) {
      const float = cast(qkv, float32)
      const found = processor
        ? { y: processor.attention(float, heads), weights: null }
        : attention(float, heads)
      const y = cast(found.y, typeOf(qkv))
      tf.dispose([float, found.y])
      return { y, weights: found.weights }
    },
    attentionGradient: (dy, qkv, weights, heads) =>
      inFloat(dy, (it) =>
        weights
          ? attentionGradient(it, cast(qkv, float32), weights, heads)
          : processor!.attentionGradient(it, cast(qkv, float32), heads),
      ),

    // Squeeze-and-excite's branch is float32 beside a map of any type.
    add(a, b, activation = null) {
      if (own(a) && own(b) && a.size === b.size) return own(a)!.add(a, b, activation)
      return finish(
        as(b, a, (it) => run('AddV2', [T(a)], [a, it])),
        null,
        activation,
      )
    },
    scale,
    scaleGradient: (dy, x) => tf.tidy(() => placeSums(cast(scale(dy, x), float32))),
    reshape: shapeOp,
    mix: processor?.mix ?? mix,
    ...(processor && {
      momentumSteps: processor.momentumSteps,
      // In bfloat16 nothing is laid out for kernels of our own.
      ...(compute === 'float32' && {
        readyLinear: processor.readyLinear,
        convNormGradient: processor.convNormGradient,
        expandedConv: processor.expandedConv,
        scaledConv: processor.scaledConv,
      }),
      ready(x, filter, bias, norm, how) {
        if (compute === 'float32') return processor.ready(x, filter, bias, norm, how)
        return norm && { ...processor.fold(filter, bias, norm), packed: null }
      },
    }),

    // 52 bits of FarmHash of the tensor's bytes: as many as a number holds, and fewer than 64.
    fingerprint: (x) =>
      tf.tidy(() => {
        const bytes = run(
          'Fingerprint',
          [attribute.type('T', float32)],
          [tf.reshape(x, [1, x.size]), tf.scalar('farmhash64', 'string')],
        )
        const attributes = [attribute.type('T', uint8), attribute.type('type', int32)]
        const [low, high] = run('Bitcast', attributes, [tf.reshape(bytes, [2, 4])]).dataSync()
        return (high! & 0xfffff) * 2 ** 32 + (low! >>> 0)
      }),
  }
}
