import type { MapShape } from '../shape.ts'
import type { AveragePool } from '../spec.ts'
import type { Kind } from './kind.ts'

export const avgpool: Kind<AveragePool> = {
  output: ({ size }, input) => [(input as MapShape)[0], size, size],
}
