import type { MapShape } from '../shape.ts'
import type { Tokens } from '../spec.ts'
import type { Kind } from './kind.ts'

export const tokens: Kind<Tokens> = {
  output(_, input) {
    const [channels, height, width] = input as MapShape
    return [height * width, channels]
  },
}
