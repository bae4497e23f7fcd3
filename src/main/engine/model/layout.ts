import type { Layout } from '../../../shared/model/tensor.ts'

/** Which of PyTorch's axes each of the engine's axes is, for `transpose`; null where nothing is turned. */
export function toEngineAxes(layout: Layout): number[] | null {
  return { 'as-is': null, vector: null, conv: [2, 3, 1, 0], depthwise: [2, 3, 0, 1] }[layout]
}

/** The way back. */
export function toPyTorchAxes(layout: Layout): number[] | null {
  return { 'as-is': null, vector: null, conv: [3, 2, 0, 1], depthwise: [2, 3, 0, 1] }[layout]
}
