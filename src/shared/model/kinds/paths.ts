import type { Paths } from '../spec.ts'
import type { Kind } from './kind.ts'

/** Its output follows from its paths (layers.ts); what they keep is counted there (cost.ts). */
export const paths: Kind<Paths> = {
  output: (_, input) => input,
  // A product's gradient wants both factors; the second is a number a channel.
  keeps: ({ placed }) => ((placed.layer as Paths).join === 'scale' ? { input: true } : {}),
}
