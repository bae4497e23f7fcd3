import { sizeOf } from '../shape.ts'
import type { Flatten } from '../spec.ts'
import type { Kind } from './kind.ts'

export const flatten: Kind<Flatten> = { output: (_, input) => [sizeOf(input)] }
