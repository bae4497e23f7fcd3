/**
 * How a tensor lies in the engine, as against PyTorch: convolutions are turned from [out, in, height, width] to
 * [height, width, in, out], depthwise ones to [height, width, channels, 1], and what PyTorch holds as [channels, 1, 1] is a
 * vector, since channels come last. Linear layers that follow a flattening stay as they are, since `flatten` puts the
 * activations into PyTorch's order instead: turning a few numbers a photo is cheaper than turning 100 million weights.
 */
export type Layout = 'as-is' | 'conv' | 'depthwise' | 'vector'

/** A tensor of a network: a parameter, which can learn, or a buffer, which BatchNorm keeps. */
export interface TensorSpec {
  /** Full name as in PyTorch's state_dict: `features.0.weight`. */
  name: string
  /** PyTorch's layout: [out, in, height, width], [out, in] or [features]. */
  shape: readonly number[]
  dtype: 'float32' | 'int64'
  role: 'parameter' | 'buffer'
  layout: Layout
  /** Whether weight decay shrinks it where biases, norms and the like are spared. */
  decays: boolean
  /** It belongs to the module around the layer, which holds it before all its layers. */
  bare: boolean
  /** A place for each token: a file may have them for photos of another size. */
  isPosition: boolean
}

export function tensor(
  name: string,
  shape: readonly number[],
  how: Partial<Omit<TensorSpec, 'name' | 'shape'>> = {},
): TensorSpec {
  return {
    name,
    shape,
    dtype: 'float32',
    role: 'parameter',
    layout: 'as-is',
    decays: false,
    bare: false,
    isPosition: false,
    ...how,
  }
}
