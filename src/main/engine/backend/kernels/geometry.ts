import type { Window } from './kernels.ts'

/** Zeros before and after one axis. */
export type Margins = [before: number, after: number]

/** The margins that a window's padding stands for, on an axis of `size` numbers; "same" is TensorFlow's. */
export function marginsOf(size: number, kernel: number, { padding, stride }: Window): Margins {
  if (padding !== 'same') return [padding, padding]
  const out = Math.ceil(size / stride)
  const total = Math.max(0, (out - 1) * stride + kernel - size)
  const before = Math.floor(total / 2)
  return [before, total - before]
}

/** Whether the padding is what "same" stands for: explicit padding agrees with it for odd filters at stride 1. */
export const isSame = (kernel: number, { padding, stride }: Window): boolean =>
  padding === 'same' || (stride === 1 && padding === (kernel - 1) / 2)
