/**
 * The one door to TensorFlow.js: everybody else writes `import { tf } from '../backend/tf.ts'`, for values as for types.
 *
 * The whole package rather than its core: tfjs-node's kernels load it anyway, so that the core alone would save nothing.
 */
export * as tf from '@tensorflow/tfjs'
export type { Tensor } from '@tensorflow/tfjs'
