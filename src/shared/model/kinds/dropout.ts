import { sizeOf } from '../shape.ts'
import type { Dropout } from '../spec.ts'
import type { Kind } from './kind.ts'

export const dropout: Kind<Dropout> = {
  output: (_, input) => input,
  keeps: ({ placed, output }) =>
    (placed.layer as Dropout).p > 0 ? { output: true, more: sizeOf(output) } : {},
}
