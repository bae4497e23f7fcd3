import type { Padding } from '../spec.ts'

/** How many places a window has on an axis of `size`. */
export function windowed(size: number, kernel: number, stride: number, padding: Padding): number {
  if (padding === 'same') return Math.ceil(size / stride)
  return Math.floor((size + 2 * padding - kernel) / stride) + 1
}
