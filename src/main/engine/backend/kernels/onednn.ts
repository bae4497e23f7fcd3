import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import { bfloat16, float32, poolWindow } from './execute.ts'
import type { Attribute, Executor } from './execute.ts'
import type { PoolWindow } from './kernels.ts'

/**
 * Kernels of oneDNN that TensorFlow's x86 builds hold for their own rewriting of graphs and offer under no public name. They
 * give the same bits as the public ones and are faster: the gradient of max pooling need not look for the largest numbers
 * again (ten times), and a bias and ReLU are one pass over memory instead of two. They are called by their internal names
 * (tensorflow/core/ops/mkl_nn_ops.cc); the attribute `_kernel` is what TensorFlow sets when it takes them itself.
 */
export interface OneDnn {
  /** Whether `maxPool` takes bfloat16: oneDNN has no such kernel for processors without AVX-512. */
  poolsBfloat16: boolean
  /** @returns float32 or bfloat16, and which number of each window was the largest */
  maxPool: (x: Tensor, how: PoolWindow) => { y: Tensor; largest: Tensor }
  maxPoolGradient: (dy: Tensor, inputShape: number[], largest: Tensor, how: PoolWindow) => Tensor
  /** max(0, x + bias), x float32 [..., channels]. */
  biasRelu: (x: Tensor, bias: Tensor) => Tensor
}

/** null where this TensorFlow has no such kernels, or others than are expected. */
export function createOneDnn(executor: Executor): OneDnn | null {
  const { run, runMany, attribute, typeOf } = executor
  const internal = attribute.string('_kernel', 'MklNameChangeOp')
  const pooling = (x: Tensor, how: PoolWindow): Attribute[] => [
    ...poolWindow(executor, x, how),
    attribute.ints('explicit_paddings', []),
    attribute.bool('workspace_enabled', true),
    internal,
  ]

  const oneDnn: OneDnn = {
    poolsBfloat16: false,
    maxPool(x, how) {
      const [y, largest] = runMany('_MklNativeMaxPool', pooling(x, how), [x], 2)
      return { y: y!, largest: largest! }
    },
    maxPoolGradient(dy, inputShape, largest, how) {
      const shape = tf.tensor1d(inputShape, 'int32')
      // Of input and output only the shapes are looked at: memory that is never touched, and dy, will do.
      const x = run('Empty', [attribute.type('dtype', typeOf(dy)), attribute.bool('init', false)], [shape])
      const dx = run('_MklNativeMaxPoolGrad', pooling(dy, how), [x, dy, dy, largest])
      tf.dispose([shape, x])
      return dx
    },
    // A normalisation with mean 0, variance 1 and scale 1 leaves x as it is, to the bit.
    biasRelu: (x, bias) =>
      tf.tidy(() => {
        const [one, zero] = [tf.ones(bias.shape), tf.zeros(bias.shape)]
        const attributes = [
          attribute.type('T', float32),
          attribute.type('U', float32),
          attribute.float('epsilon', 0),
          attribute.float('exponential_avg_factor', 1),
          attribute.string('data_format', 'NHWC'),
          attribute.int('num_side_inputs', 0),
          attribute.string('activation_mode', 'Relu'),
          attribute.bool('is_training', false),
          internal,
        ]
        return runMany('_MklNativeFusedBatchNormEx', attributes, [x, one, bias, zero, one], 6)[0]!
      }),
  }
  return answersRightly(oneDnn) ? { ...oneDnn, poolsBfloat16: poolsBfloat16(executor, oneDnn) } : null
}

function poolsBfloat16({ run, attribute }: Executor, oneDnn: OneDnn): boolean {
  const attributes = [
    attribute.type('SrcT', float32),
    attribute.type('DstT', bfloat16),
    attribute.bool('Truncate', false),
  ]
  try {
    // Nothing is returned: what a tidy returns stays.
    tf.tidy(() => {
      oneDnn.maxPool(run('Cast', attributes, [tf.zeros([1, 2, 2, 1])]), { kernel: 2, stride: 2, padding: 0 })
    })
    return true
  } catch {
    return false
  }
}

/** Whether the kernels are there and do what they are taken for: their names are no promise. */
function answersRightly(oneDnn: OneDnn): boolean {
  const isEqual = (found: Tensor, expected: number[]) =>
    found.dataSync().every((value, i) => value === expected[i])
  try {
    return tf.tidy(() => {
      // Two windows of two channels; the largest numbers are below zero, and in one place tied.
      const x = tf.tensor4d([-4, -1, -3, -1, -2, -8, -9, -7, -3, -2, -5, -6, -7, -3, -1, -6], [1, 2, 4, 2])
      const window = { kernel: 2, stride: 2, padding: 0 }
      const { y, largest } = oneDnn.maxPool(x, window)
      const dx = oneDnn.maxPoolGradient(tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]), x.shape, largest, window)
      const z = oneDnn.biasRelu(x, tf.tensor1d([3, 1.5]))
      return (
        isEqual(y, [-3, -1, -1, -3]) &&
        isEqual(dx, [0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 3, 0]) &&
        isEqual(z, [0, 0.5, 0, 0.5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0])
      )
    })
  } catch {
    return false
  }
}
