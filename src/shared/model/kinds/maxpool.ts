import { sizeOf } from '../shape.ts'
import type { MapShape } from '../shape.ts'
import type { MaxPool } from '../spec.ts'
import type { Kind } from './kind.ts'
import { windowed } from './window.ts'

export const maxpool: Kind<MaxPool> = {
  output({ kernel, stride, padding }, input) {
    const [channels, height, width] = input as MapShape
    const side = (size: number) => windowed(size, kernel, stride, padding)
    return [channels, side(height), side(width)]
  },
  // Which number of each window was the largest, a byte each.
  keeps: ({ output }) => ({ more: sizeOf(output) / 4 }),
}
