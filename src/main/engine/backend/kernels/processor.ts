import type { Activation } from '../../../../shared/model/spec.ts'
import { gradientFrom } from '../../../../shared/model/kinds/activation.ts'
import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import type { Attribute, Executor } from './execute.ts'
import { isSame, marginsOf } from './geometry.ts'
import { convNorm } from './normWithActivation.ts'
import { suitsWinograd } from './winograd.ts'
import type {
  BatchNormGradient,
  BatchNormResult,
  ConvNormGradient,
  ConvNormOptions,
  ConvNormResult,
  ConvOptions,
  FixedNorm,
  FoldedNorm,
  Kernels,
  LayerNormGradient,
  Packed,
  Window,
} from './kernels.ts'

/**
 * Kernels of our own (`native/`, compiled by set-up) that do in one pass over memory what TensorFlow's public operations do in
 * several: float32, on a processor. They are TensorFlow operations like any other, and their results depend neither on the number
 * of threads nor on who computes which part. As `Kernels` describes each.
 */
export interface Processor {
  /** Whether there is a kernel for this convolution and its gradients. */
  suits: (filter: readonly number[], how: Window) => boolean
  conv: (x: Tensor, filter: Tensor, bias: Tensor | null, how: ConvOptions) => Tensor
  ready: NonNullable<Kernels['ready']>
  readyLinear: NonNullable<Kernels['readyLinear']>
  /** Of tensors of one shape. */
  add: (a: Tensor, b: Tensor, activation: Activation | null) => Tensor
  /** @param weight by `readyLinear` */
  linear: (x: Tensor, weight: Tensor, bias: Tensor, activation: Activation | null, packed: Packed) => Tensor
  expandedConv: NonNullable<Kernels['expandedConv']>
  scaledConv: NonNullable<Kernels['scaledConv']>
  convInputGradient: (dy: Tensor, filter: Tensor, inputShape: number[], how: Window) => Tensor
  convFilterGradient: (dy: Tensor, x: Tensor, filterShape: number[], how: Window) => Tensor
  /** Filter and bias with BatchNorm's fixed statistics in them. */
  fold: (filter: Tensor, bias: Tensor | null, norm: FixedNorm) => FoldedNorm
  biasActivation: (x: Tensor, bias: Tensor | null, activation: Activation | null) => Tensor
  activationGradient: (dy: Tensor, from: Tensor, activation: Activation) => Tensor
  channelSums: (x: Tensor) => Tensor
  /** activation(normalised x); its gradient needs `saved`, and x. */
  batchNorm: (
    x: Tensor,
    scale: Tensor,
    offset: Tensor,
    eps: number,
    activation: Activation | null,
  ) => BatchNormResult
  /** For convolutions that `suits` names, without a bias. */
  convNorm: (x: Tensor, filter: Tensor, how: ConvNormOptions) => ConvNormResult
  batchNormGradient: (
    dy: Tensor,
    x: Tensor,
    scale: Tensor,
    saved: Tensor[],
    activation: Activation | null,
  ) => BatchNormGradient
  convNormGradient: NonNullable<Kernels['convNormGradient']>
  mix: Kernels['mix']
  momentumSteps: NonNullable<Kernels['momentumSteps']>
  layerNorm: (x: Tensor, scale: Tensor, offset: Tensor, eps: number) => Tensor
  layerNormGradient: (dy: Tensor, x: Tensor, scale: Tensor, eps: number) => LayerNormGradient
  /** y alone: the gradient finds anew what each token takes of each other. */
  attention: (qkv: Tensor, heads: number) => Tensor
  attentionGradient: (dy: Tensor, qkv: Tensor, heads: number) => Tensor
}

/** As native/activations.h numbers them. */
const numberOf: Readonly<Record<Activation, number>> = {
  relu: 1,
  relu6: 2,
  sigmoid: 3,
  hardsigmoid: 4,
  hardswish: 5,
  silu: 6,
  gelu: 7,
}

/** Sides and strides of depthwise convolutions that are compiled (native/depthwise.h). */
const depthwiseWindows = new Set(['3/1', '3/2', '5/1', '5/2', '7/1'])

/**
 * Whether there are parts enough for all threads (native/products.h, `suitsProductNorm`), and the map that is not written is the wider
 * one: else nothing is gained.
 */
const suitsProductNorm = (rows: number, inner: number, columns: number): boolean =>
  columns > inner && rows >= 8 * 256 && 8 * inner * columns <= 2 ** 21

/** What is compiled of an expansion with the depthwise convolution behind it (native/expanded.h). */
const expandedWindows = new Set(['3/1', '3/2', '5/1', '5/2'])
const expandedActivations = new Set<Activation>(['relu', 'relu6', 'hardswish', 'silu'])

/** 1×1 convolutions are products of matrices as they lie. */
const isProduct = ([height, width]: readonly number[], how: Window): boolean =>
  height === 1 && width === 1 && how.stride === 1 && !how.depthwise && isSame(1, how)

const isWinograd = (x: readonly number[], filter: readonly number[], how: Window): boolean =>
  suitsWinograd(x, filter, how, 'own conv')

/**
 * Places of all photos from which on it is worth to transform a filter for one pass: the transform takes as long however few they are,
 * and of a wide layer on a map of 7×7 more than all products.
 */
const placesForOnePass = 1024

const isWinogradOnce = (x: readonly number[], filter: readonly number[], how: Window): boolean =>
  x[0]! * x[1]! * x[2]! >= placesForOnePass && isWinograd(x, filter, how)

/**
 * Numbers from which on a gradient's and a velocity's memory is used again. Smaller ones save little, and TensorFlow may have given
 * the gradients of two vectors the same memory.
 */
const worthTaking = 2 ** 20

/** Whether no other tensor of ours has these values. */
const isAlone = ({ dataId }: Tensor): boolean => tf.backend().refCount(dataId) === 1

/** null where set-up could not compile them, or they do not answer rightly. */
export function createProcessor(executor: Executor): Processor | null {
  const { run, runMany, attribute, none } = executor
  const number = (name: string, value: number): Attribute => attribute.float(name, value)
  const activationOf = (activation: Activation | null): Attribute =>
    number('activation', activation ? numberOf[activation] : 0)
  const product = (
    x: Tensor,
    matrix: Tensor,
    bias: Tensor | null,
    activation: Activation | null,
    { turned = false, packed }: { turned?: boolean; packed?: Packed | null | undefined } = {},
  ) => {
    const attributes = [
      activationOf(activation),
      number('turned', turned ? 1 : 0),
      number('packed', packed?.shape[3] ?? 0),
    ]
    return run('ThawMatrixProduct', attributes, [x, matrix, bias ?? none])
  }
  /** The window, and the height and width of the map that the kernel makes or is not shown. */
  const windowOf = (side: number, how: Window, input: number[], other: number[]): Attribute[] => [
    number('side', side),
    number('stride', how.stride),
    number('padding', marginsOf(input[1]!, side, how)[0]),
    number('height', other[1]!),
    number('width', other[2]!),
  ]
  const outputSize = (size: number, side: number, how: Window): number => {
    const [before, after] = marginsOf(size, side, how)
    return Math.floor((size + before + after - side) / how.stride) + 1
  }
  /** Its height and width; the rest is not looked at. */
  const outputOf = (x: Tensor, side: number, how: Window): number[] =>
    [0, 1, 2].map((axis) => axis && outputSize(x.shape[axis]!, side, how))

  const plainBatchNorm: Kernels['batchNorm'] = (x, scale, offset, eps, activation = null) =>
    processor.batchNorm(x, scale, offset, eps, activation)

  const processor: Processor = {
    suits(filter, how) {
      const [height, width] = filter as [number, number]
      if (height !== width) return false
      return !how.depthwise || depthwiseWindows.has(`${height}/${how.stride}`)
    },
    conv(x, filter, bias, { packed, activation, ...how }) {
      const shape = packed?.shape ?? filter.shape
      if (isProduct(shape, how)) return product(x, filter, bias, activation, { packed })
      const side = shape[0]!
      const attributes = [...windowOf(side, how, x.shape, outputOf(x, side, how)), activationOf(activation)]
      if (how.depthwise) return run('ThawDepthwise', attributes, [x, filter, bias ?? none])
      const op =
        (packed?.isWinograd ?? isWinogradOnce(x.shape, shape, how)) ? 'ThawWinograd' : 'ThawConvolution'
      attributes.push(number('packed', packed ? shape[3]! : 0))
      return run(op, attributes, [x, filter, bias ?? none])
    },
    ready(x, filter, bias, norm, how) {
      if (!processor.suits(filter.shape, how)) return null
      const folded = norm
        ? processor.fold(filter, bias, norm)
        : { filter: filter.clone(), bias: bias?.clone() ?? null }
      if (how.depthwise) return { ...folded, packed: null }
      const packed = { shape: filter.shape, isWinograd: isWinograd(x.shape, filter.shape, how) }
      const order = [number('winograd', packed.isWinograd ? 1 : 0), number('turned', 0)]
      const laid = run('ThawPacked', order, [folded.filter])
      folded.filter.dispose()
      return { filter: laid, bias: folded.bias, packed }
    },
    expandedConv: {
      suits: (side, how, activation) =>
        how.depthwise && expandedWindows.has(`${side}/${how.stride}`) && expandedActivations.has(activation),
      run(x, expand, filter, { activation, withMeans, ...how }) {
        const side = filter.filter.shape[0]
        const attributes = [
          ...windowOf(side, how, x.shape, outputOf(x, side, how)),
          activationOf(activation),
          number('with_means', withMeans ? 1 : 0),
        ]
        const inputs = [x, expand.filter, expand.bias ?? none, filter.filter, filter.bias ?? none]
        const [y, means] = runMany('ThawExpandedDepthwise', attributes, inputs, 2) as [Tensor, Tensor]
        if (!withMeans) means.dispose()
        return { y, means: withMeans ? means : null }
      },
    },
    scaledConv(x, factors, { filter, bias, packed }, activation) {
      const attributes = [activationOf(activation), number('packed', packed!.shape[3]!)]
      return run('ThawScaledProduct', attributes, [x, factors, filter, bias ?? none])
    },
    readyLinear(x, weight) {
      const [out, inner] = weight.shape as [number, number]
      if (x.rank === 2) return null
      const attributes = [number('winograd', 0), number('turned', 1)]
      const shape = [1, 1, inner, out]
      return {
        filter: run('ThawPacked', attributes, [weight]),
        bias: null,
        packed: { shape, isWinograd: false },
      }
    },
    linear: (x, weight, bias, activation, packed) => product(x, weight, bias, activation, { packed }),
    add: (a, b, activation) => run('ThawAddActivation', [activationOf(activation)], [a, b]),
    convInputGradient(dy, filter, inputShape, how) {
      if (isProduct(filter.shape, how)) return product(dy, filter, null, null, { turned: true })
      const attributes = windowOf(filter.shape[0], how, inputShape, inputShape)
      const op = how.depthwise
        ? 'ThawDepthwiseInputGradient'
        : isWinogradOnce(inputShape, filter.shape, how)
          ? 'ThawWinogradInputGradient'
          : 'ThawConvolutionInputGradient'
      return run(op, attributes, [dy, filter])
    },
    convFilterGradient(dy, x, filterShape, how) {
      if (isProduct(filterShape, how)) return run('ThawMatrixGradient', [], [dy, x])
      const attributes = windowOf(filterShape[0]!, how, x.shape, x.shape)
      const op = how.depthwise
        ? 'ThawDepthwiseFilterGradient'
        : suitsWinograd(x.shape, filterShape, how, 'own filter gradient')
          ? 'ThawWinogradFilterGradient'
          : 'ThawConvolutionFilterGradient'
      return run(op, attributes, [dy, x])
    },
    fold(filter, bias, { scale, offset, mean, variance, eps }) {
      const inputs = [filter, bias ?? none, scale, offset, mean, variance]
      const [folded, foldedBias] = runMany('ThawFold', [number('eps', eps)], inputs, 2)
      return { filter: folded!, bias: foldedBias! }
    },
    biasActivation: (x, bias, activation) =>
      run('ThawBiasActivation', [activationOf(activation)], [x, bias ?? none]),
    activationGradient(dy, from, activation) {
      const byOutput = number('by_output', gradientFrom[activation] === 'output' ? 1 : 0)
      return run('ThawActivationGradient', [activationOf(activation), byOutput], [dy, from])
    },
    channelSums: (x) => run('ThawChannelSums', [], [x]),
    batchNorm(x, scale, offset, eps, activation) {
      const attributes = [number('eps', eps), activationOf(activation)]
      const made = runMany('ThawBatchNorm', attributes, [x, scale, offset], 4)
      const [y, mean, variance, invStd] = made as [Tensor, Tensor, Tensor, Tensor]
      return { y, mean, variance, saved: [mean.clone(), invStd, offset.clone()] }
    },
    convNorm(x, filter, how) {
      if (isWinogradOnce(x.shape, filter.shape, how))
        return convNorm(processor.conv, plainBatchNorm, x, filter, null, how)
      const ends = [number('eps', how.eps), activationOf(how.activation)]
      const inputs = [x, filter, how.scale, how.offset]
      const window = () => windowOf(filter.shape[0], how, x.shape, outputOf(x, filter.shape[0], how))
      const made = isProduct(filter.shape, how)
        ? runMany('ThawMatrixProductNorm', ends, inputs, 5)
        : runMany(
            how.depthwise ? 'ThawDepthwiseNorm' : 'ThawConvolutionNorm',
            [...window(), ...ends],
            inputs,
            5,
          )
      const [z, y, mean, variance, invStd] = made as [Tensor, Tensor, Tensor, Tensor, Tensor]
      return { z, y, mean, variance, saved: [mean.clone(), invStd, how.offset.clone()] }
    },
    mix(pairs, share) {
      const attributes = [attribute.int('N', pairs.length), number('share', share)]
      const inputs = [...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)]
      return runMany('ThawMix', attributes, inputs, pairs.length)
    },
    momentumSteps(moves, momentum) {
      const count = moves.length
      const rates = tf.tensor1d([...moves.map(({ learningRate }) => learningRate), momentum])
      const velocities = moves.map(({ velocity }) => velocity ?? none)
      const gradients = moves.map(({ gradient }) => gradient)
      const takesOver =
        count === 1 && gradients[0]!.size >= worthTaking && [gradients[0]!, velocities[0]!].every(isAlone)
      const attributes = [attribute.int('N', count), number('takes_over', Number(takesOver))]
      const inputs = [...moves.map(({ weight }) => weight), ...gradients, ...velocities, rates]
      const moved = runMany('ThawMomentum', attributes, inputs, 2 * count)
      rates.dispose()
      return moves.map((_, i) => ({ weight: moved[i]!, velocity: moved[count + i]! }))
    },
    batchNormGradient(dy, x, scale, [mean, invStd, offset], activation) {
      const inputs = [dy, x, scale, offset!, mean!, invStd!]
      return gradientOf(runMany('ThawBatchNormGradient', [activationOf(activation)], inputs, 3))
    },
    convNormGradient(dy, x, filter, { z, scale, saved: [mean, invStd, offset] }, { activation, ...how }) {
      const [columns, inner] = [z.shape.at(-1)!, x.shape.at(-1)!]
      const isSuitable = how.depthwise
        ? processor.suits(filter.shape, how)
        : isProduct(filter.shape, how) && suitsProductNorm(z.size / columns, inner, columns)
      if (!isSuitable) return null
      const inputs = [dy, z, scale, offset!, mean!, invStd!, x, filter]
      const window = how.depthwise ? windowOf(filter.shape[0], how, x.shape, x.shape) : []
      const op = how.depthwise ? 'ThawDepthwiseNormGradient' : 'ThawMatrixProductNormGradient'
      const made = runMany(op, [...window, activationOf(activation)], inputs, 4)
      const [dx, dFilter, dScale, dOffset] = made as [Tensor, Tensor, Tensor, Tensor]
      return { x: dx, filter: dFilter, scale: dScale, offset: dOffset } satisfies ConvNormGradient
    },
    layerNorm: (x, scale, offset, eps) => run('ThawLayerNorm', [number('eps', eps)], [x, scale, offset]),
    layerNormGradient: (dy, x, scale, eps) =>
      gradientOf(runMany('ThawLayerNormGradient', [number('eps', eps)], [dy, x, scale], 3)),
    attention: (qkv, heads) => run('ThawAttention', [number('heads', heads)], [qkv]),
    attentionGradient: (dy, qkv, heads) => run('ThawAttentionGradient', [number('heads', heads)], [dy, qkv]),
  }
  return answersRightly(processor) ? processor : null
}

const gradientOf = ([x, scale, offset]: Tensor[]) => ({ x: x!, scale: scale!, offset: offset! })

/** Whether the kernels are there and compute what they are taken for. */
function answersRightly(processor: Processor): boolean {
  try {
    return tf.tidy(() => {
      const x = tf.tensor4d([1, -2, 3, 4, -5, 6, 7, 8], [1, 2, 2, 2])
      const filter = tf.tensor4d([1, 2, -1, 1], [1, 1, 2, 2])
      const how = { stride: 1, padding: 0, depthwise: false, activation: 'relu' } as const
      const y = processor.conv(x, filter, tf.tensor1d([0.5, 1]), how)
      return y.dataSync().every((value, i) => value === [3.5, 1, 0, 11, 0, 0, 0, 23][i])
    })
  } catch {
    return false
  }
}
