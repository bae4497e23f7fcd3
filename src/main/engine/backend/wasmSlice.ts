import { tf } from './tf.ts'
import type { Tensor } from './tf.ts'
import { heapOf } from './wasmHeap.ts'

type BackendWasm = import('@tensorflow/tfjs-backend-wasm').BackendWasm
type SliceAttributes = import('@tensorflow/tfjs').SliceAttrs

/**
 * Replaces the WebAssembly backend's slice. Its own begins by copying the whole tensor out of the heap, however little is wanted:
 * reading a weight of 411 MB in pieces of 16 MB would copy ten gigabytes.
 */
export function registerSlice(): void {
  tf.unregisterKernel('Slice', 'wasm')
  tf.registerKernel({
    kernelName: 'Slice',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) =>
      slice(inputs['x'] as Tensor, backend as unknown as BackendWasm, attrs as unknown as SliceAttributes),
  })
}

/** From heap to heap, a stretch of neighbouring numbers at a time. */
function slice(x: Tensor, backend: BackendWasm, attributes: SliceAttributes): tf.TensorInfo {
  const [begin, size] = tf.slice_util.parseSliceParams(x, attributes.begin, attributes.size) as [
    number[],
    number[],
  ]
  const result = backend.makeOutput(size, x.dtype)
  const bytes = tf.util.bytesPerElement(x.dtype)
  const strides = x.shape.map((_, axis) => bytes * tf.util.sizeFromShape(x.shape.slice(axis + 1)))
  // Behind this axis everything is wanted, so that what is wanted of it lies together.
  const together = Math.max(
    0,
    x.shape.findLastIndex((side, axis) => size[axis] !== side),
  )
  const stretch = (size[together] ?? 1) * (strides[together] ?? bytes)
  const from = backend.getMemoryOffset(x.dataId)
  let to = backend.getMemoryOffset(result.dataId)
  // Asked for after the result has its place: the heap may have grown for it.
  const { HEAPU8: heap } = heapOf(backend.wasm)
  const copy = (axis: number, offset: number): void => {
    const start = offset + (begin[axis] ?? 0) * (strides[axis] ?? 0)
    if (axis === together) {
      heap.copyWithin(to, start, start + stretch)
      to += stretch
      return
    }
    for (let i = 0; i < size[axis]!; i += 1) copy(axis + 1, start + i * strides[axis]!)
  }
  if (tf.util.sizeFromShape(size) > 0) copy(0, from)
  return result
}
