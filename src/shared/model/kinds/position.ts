import type { Position } from '../spec.ts'
import { tensor } from '../tensor.ts'
import type { Kind } from './kind.ts'

export const position: Kind<Position> = {
  output: (_, input) => input,
  tensors: ({ side, features }, name) => [
    tensor(name, [1, 1 + side * side, features], { bare: true, isPosition: true }),
  ],
}
