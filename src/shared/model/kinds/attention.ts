import type { TokensShape } from '../shape.ts'
import type { Attention } from '../spec.ts'
import type { Kind } from './kind.ts'

export const attention: Kind<Attention> = {
  output: ({ features }, input) => [(input as TokensShape)[0], features],
  // How much each token takes of each other one, a head; our own kernels compute it anew, and keep less than this.
  keeps: ({ placed, input }) => ({
    input: true,
    more: (placed.layer as Attention).heads * (input as TokensShape)[0] ** 2,
  }),
}
