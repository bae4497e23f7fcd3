import { channelsOf } from '../shape.ts'
import type { TakeClass } from '../spec.ts'
import type { Kind } from './kind.ts'

export const takeclass: Kind<TakeClass> = { output: (_, input) => [channelsOf(input)] }
