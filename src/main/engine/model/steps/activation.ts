import type { CompiledStep } from '../../../../shared/model/compiled.ts'
import { gradientFrom } from '../../../../shared/model/kinds/activation.ts'
import type { Activate } from '../../../../shared/model/spec.ts'
import { tf } from '../../backend/tf.ts'
import type { Step } from './step.ts'

export function activationStep({ placed, names }: CompiledStep): Step {
  const activation = (placed.layer as Activate).kind
  return {
    names,
    parameters: [],
    activation,
    run(x, { kernels }, record) {
      const y = kernels.activate(x, activation)
      if (!record) return { y, back: null }
      const saved = (gradientFrom[activation] === 'input' ? x : y).clone()
      return {
        y,
        back: (dy) => {
          const dx = kernels.activationGradient(dy, saved, activation)
          tf.dispose([dy, saved])
          return dx
        },
      }
    },
  }
}
