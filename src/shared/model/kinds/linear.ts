import { sizeOf, withChannels } from '../shape.ts'
import type { Linear } from '../spec.ts'
import { tensor } from '../tensor.ts'
import { keptByActivation } from './activation.ts'
import { learnsIn } from './kind.ts'
import type { Kind } from './kind.ts'

export const linear: Kind<Linear> = {
  output: (layer, input) => withChannels(input, layer.out),
  tensors(layer, name) {
    const of = (part: string) => `${name}${layer.separator ?? '.'}${part}`
    const bare = layer.separator !== undefined
    return [
      tensor(of('weight'), [layer.out, layer.in], { decays: true, bare }),
      tensor(of('bias'), [layer.out], { bare }),
    ]
  },
  keeps: (step, plan) => ({
    ...(step.activation ? keptByActivation(step.activation, sizeOf(step.output)) : {}),
    input: learnsIn(step, plan),
  }),
  isDrawn: true,
}
