import type { PlacedLayer } from '../../../shared/model/layers.ts'
import { isContainer } from '../../../shared/model/spec.ts'
import type { Activation, BatchNorm, MaxPool } from '../../../shared/model/spec.ts'
import { batchNormStep } from './steps/batch-norm.ts'
import { convStep } from './steps/conv.ts'
import {
  activationStep,
  averagePoolStep,
  dropoutStep,
  flattenStep,
  linearStep,
  maxPoolStep,
  residualStep,
} from './steps/simple.ts'
import type { Step } from './steps/step.ts'

const namesOf = (...placed: (PlacedLayer | undefined)[]): string[] =>
  placed.flatMap((it) => (it?.name ? [it.name] : []))

const activationOf = (placed: PlacedLayer | undefined): Activation | null =>
  placed?.layer.kind === 'relu' || placed?.layer.kind === 'relu6' ? placed.layer.kind : null

/**
 * Turns layers into steps. With `fuse`, a convolution takes in the BatchNorm, the activation and the max pooling after it, a linear layer its
 * activation: fewer passes over memory and fewer tensors saved. Without, each layer is a step and can be looked at.
 */
export function compile(placed: readonly PlacedLayer[], fuse = true): Step[] {
  let dropouts = 0

  function steps(layers: readonly PlacedLayer[]): Step[] {
    const made: Step[] = []
    for (let i = 0; i < layers.length; i += 1) {
      const it = layers[i]!
      const { layer, name } = it
      if (isContainer(layer)) {
        const inner = steps(it.children)
        if (layer.kind === 'residual') made.push(residualStep(inner, namesOf(it)))
        else {
          // The container's output is that of its last step.
          inner.at(-1)?.names.push(...namesOf(it))
          made.push(...inner)
        }
        continue
      }
      switch (layer.kind) {
        case 'conv': {
          const norm = fuse && layers[i + 1]?.layer.kind === 'batchnorm' ? layers[i + 1] : undefined
          if (norm) i += 1
          const activation = fuse ? activationOf(layers[i + 1]) : null
          if (activation) i += 1
          const pool = fuse && !norm && layers[i + 1]?.layer.kind === 'maxpool' ? layers[i + 1] : undefined
          if (pool) i += 1
          const last = layers[i]
          made.push(
            convStep(
              { name, layer },
              norm ? { name: norm.name, layer: norm.layer as BatchNorm } : null,
              activation,
              pool ? (pool.layer as MaxPool) : null,
              // timm's BatchNorm layers include their activation, so the name stands for the output after it.
              namesOf(last === it || last?.name ? last : norm),
            ),
          )
          break
        }
        case 'linear': {
          const activation = fuse ? activationOf(layers[i + 1]) : null
          if (activation) i += 1
          made.push(linearStep(name, layer, activation, namesOf(layers[i])))
          break
        }
        case 'batchnorm':
          made.push(batchNormStep(name, layer, layers[i + 1]?.name === '' ? [] : namesOf(it)))
          break
        case 'relu':
        case 'relu6': {
          const before = layers[i - 1]
          made.push(activationStep(layer.kind, name ? [name] : namesOf(before)))
          break
        }
        case 'maxpool':
          made.push(maxPoolStep(layer.kernel, layer.stride, namesOf(it)))
          break
        case 'avgpool':
          made.push(averagePoolStep(layer.size, namesOf(it)))
          break
        case 'flatten':
          made.push(flattenStep(namesOf(it)))
          break
        case 'dropout':
          made.push(dropoutStep(layer.p, dropouts, namesOf(it)))
          dropouts += 1
          break
      }
    }
    return made
  }

  return steps(placed)
}
