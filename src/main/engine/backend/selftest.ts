import { tf } from './tf.ts'

/** An operation of the library that answers wrongly. */
export class WrongAnswer extends Error {
  readonly operation: string

  constructor(operation: string) {
    super(`it computes wrongly (${operation})`)
    this.operation = operation
  }
}

/**
 * The operations that every network here is made of, each with the answer it must give. The answers were computed in
 * double precision by PyTorch 2.13 from the same inputs (`ramp` is exact in binary).
 */
const cases: { name: string; compute: () => tf.Tensor; answer: number[] }[] = [
  {
    name: 'convolution',
    compute: () =>
      tf.fused.conv2d({
        x: ramp<tf.Rank.R4>([1, 3, 3, 3], 37),
        filter: ramp<tf.Rank.R4>([3, 3, 3, 4], 23),
        strides: 2,
        pad: 'same',
        bias: ramp([4], 11),
        activation: 'relu',
      }),
    answer: [
      1.3984375, 0.73828125, 0, 2.23046875, 0, 0, 1.4609375, 0, 0, 0, 0.6953125, 0.7890625, 0, 1.16015625, 0,
      0,
    ],
  },
  {
    name: 'depthwise convolution',
    compute: () =>
      tf.fused.depthwiseConv2d({
        x: ramp<tf.Rank.R4>([1, 3, 3, 2], 37),
        filter: ramp<tf.Rank.R4>([3, 3, 2, 1], 23),
        strides: 1,
        pad: 'same',
        bias: ramp([2], 11),
      }),
    answer: [
      -1.6953125, 0.34765625, -0.828125, -0.15429688, -1.4296875, -1.1992188, -2.578125, -0.84179688,
      0.265625, -1.1767578, 0.546875, -1.3417969, -0.5546875, 0.05078125, -2.203125, 0.34570312, -0.8203125,
      -0.58984375,
    ],
  },
  {
    name: 'matrix product',
    compute: () => tf.matMul(ramp([3, 7], 37), ramp([5, 7], 23), false, true),
    answer: [
      0.81347656, -0.11523438, 0.76855469, -0.16015625, 0.72363281, 0.63476562, 0.0078125, 0.63085938,
      0.00390625, 0.62695312, 0.45605469, 0.13085938, 0.49316406, 0.16796875, 0.53027344,
    ],
  },
  {
    name: 'maximum of negative values',
    compute: () => tf.maxPool(tf.sub(ramp<tf.Rank.R4>([1, 4, 4, 2], 37), 1.5), 2, 2, 'valid'),
    answer: [-0.9375, -1.03125, -0.625, -0.71875, -0.75, -0.53125, -1.0625, -0.65625],
  },
  {
    name: 'batch normalisation',
    compute: () =>
      tf.batchNorm(
        ramp<tf.Rank.R3>([2, 2, 3], 37),
        ramp([3], 23),
        tf.add(ramp<tf.Rank.R1>([3], 11), 1.25),
        ramp([3], 5),
        ramp([3], 7),
        1e-3,
      ),
    answer: [
      -1, -1.2869511, -0.03428235, -3.9316426, -0.74877833, -0.88709428, -2.8712612, -0.21060552, -0.57863039,
      -1.8108799, -1.698495, -0.2701665,
    ],
  },
  {
    name: 'softmax',
    compute: () => tf.softmax(tf.mul(ramp([2, 5], 37), 3)),
    answer: [
      0.0080559057, 0.25856715, 0.020571476, 0.66027436, 0.052531104, 0.76615728, 0.060955096, 0.0048495575,
      0.15565429, 0.012383779,
    ],
  },
]

/** Largest difference allowed, relative to the answer's largest value: float32 in any order of summing stays below. */
const tolerance = 1e-5

/**
 * Lets the backend that computes now answer a few operations.
 * @throws naming the first operation that is answered wrongly or not at all
 */
export async function selftest(): Promise<void> {
  for (const { name, compute, answer } of cases) {
    const result = tf.tidy(compute)
    const values = await result.data()
    result.dispose()
    const scale = Math.max(...answer.map(Math.abs))
    const wrong = answer.some((expected, i) => !(Math.abs(values[i]! - expected) <= tolerance * scale))
    if (wrong || values.length !== answer.length) throw new WrongAnswer(name)
  }
}

/** The values 0, step, 2·step, … modulo 64, mapped to [-1, 1). */
function ramp<R extends tf.Rank>(shape: tf.ShapeMap[R], step: number): tf.Tensor<R> {
  const size = shape.reduce((product, side) => product * side, 1)
  return tf.tensor<R>(
    Float32Array.from({ length: size }, (_, i) => ((i * step) % 64) / 32 - 1),
    shape,
  )
}
