import type { StepOf } from '../../../../shared/model/compiled.ts'
import { gradientFrom } from '../../../../shared/model/kinds/activation.ts'
import { addGradient } from './step.ts'
import type { Step } from './step.ts'

/** x · weightᵀ + bias, with the activation that follows. */
export function linearStep({ placed, activation, names }: StepOf<'linear'>): Step {
  const [weightName, biasName] = placed.tensors.map(({ name }) => name) as [string, string]
  return {
    names,
    parameters: [weightName, biasName],
    run(x, pass, record) {
      const { kernels } = pass
      const weight = pass.weights.get(weightName)
      const apart = record && activation !== null && gradientFrom[activation] === 'input'
      // Made once for all passes that record nothing.
      const kept = record
        ? null
        : pass.weights.derive(
            weightName,
            [weightName],
            kernels,
            () => kernels.readyLinear?.(x, weight) ?? null,
          )
      if (record) pass.weights.forget(weightName)
      const bias = pass.weights.get(biasName)
      const z = kernels.linear(x, kept?.filter ?? weight, bias, apart ? null : activation, kept?.packed)
      const y = apart ? kernels.activate(z, activation) : z
      if (!record) return { y, back: null }
      const savedX = pass.learns(weightName) ? x.clone() : null
      const savedY = activation ? (apart ? z : y.clone()) : null
      const savedWeight = weight.clone()
      return {
        y,
        back: (dy, wantInput) => {
          let g = dy
          if (activation) {
            g = kernels.activationGradient(dy, savedY!, activation)
            dy.dispose()
          }
          if (savedX) addGradient(pass, weightName, kernels.linearWeightGradient(g, savedX))
          if (pass.learns(biasName)) addGradient(pass, biasName, kernels.biasGradient(g))
          const dx = wantInput ? kernels.linearInputGradient(g, savedWeight) : null
          g.dispose()
          savedX?.dispose()
          savedY?.dispose()
          savedWeight.dispose()
          return dx
        },
      }
    },
  }
}
