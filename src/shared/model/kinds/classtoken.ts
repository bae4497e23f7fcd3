import type { TokensShape } from '../shape.ts'
import type { ClassToken } from '../spec.ts'
import { tensor } from '../tensor.ts'
import type { Kind } from './kind.ts'

export const classtoken: Kind<ClassToken> = {
  output(_, input) {
    const [count, channels] = input as TokensShape
    return [count + 1, channels]
  },
  tensors: ({ features }, name) => [tensor(name, [1, 1, features], { bare: true })],
}
