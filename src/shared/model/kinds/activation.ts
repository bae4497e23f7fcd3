import { sizeOf } from '../shape.ts'
import type { Activate, Activation } from '../spec.ts'
import type { Kept, Kind } from './kind.ts'

/** From what an activation's gradient is computed: its output, which the next layer keeps anyway, where that tells enough. */
export const gradientFrom: Readonly<Record<Activation, 'input' | 'output'>> = {
  relu: 'output',
  relu6: 'output',
  sigmoid: 'output',
  hardsigmoid: 'output',
  hardswish: 'input',
  silu: 'input',
  gelu: 'input',
}

/** What an activation keeps that is computed together with the layer before it. */
export const keptByActivation = (activation: Activation, size: number): Kept =>
  gradientFrom[activation] === 'output' ? { output: true } : { more: size }

export const activation: Kind<Activate> = {
  output: (_, input) => input,
  keeps: ({ placed, output }) => {
    const from = gradientFrom[(placed.layer as Activate).kind]
    return from === 'output' ? { output: true } : { more: sizeOf(output) }
  },
}
