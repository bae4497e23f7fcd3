import { isActivation, isGroup } from './spec.ts'
import type { Activation, BatchNorm, Layer, MaxPool } from './spec.ts'
import { placeLayers } from './layers.ts'
import type { CompiledStep, PlacedLayer } from './placed.ts'
import type { Network } from './spec.ts'

export type { CompiledStep, StepOf } from './placed.ts'

const namesOf = (...placed: (PlacedLayer | undefined)[]): string[] =>
  placed.flatMap((it) => (it?.name ? [it.name] : []))

const parametersOf = (placed: readonly PlacedLayer[]): string[] =>
  placed.flatMap(({ tensors, children }) => [
    ...tensors.filter(({ role }) => role === 'parameter').map(({ name }) => name),
    ...parametersOf(children),
  ])

/** What follows a layer and is computed together with it. */
interface Taken {
  norm: PlacedLayer | undefined
  activation: PlacedLayer | undefined
  pool: PlacedLayer | undefined
}

function takenBy(layers: readonly PlacedLayer[], at: number): Taken {
  const { kind } = layers[at]!.layer
  const none: Taken = { norm: undefined, activation: undefined, pool: undefined }
  if (kind !== 'conv' && kind !== 'linear') return none
  let next = at + 1
  const take = (fits: (layer: Layer | undefined) => boolean) =>
    fits(layers[next]?.layer) ? layers[next++] : undefined
  const norm = take((it) => kind === 'conv' && it?.kind === 'batchnorm')
  const activation = take(isActivation)
  // Pooling first and adding the bias then gives the same bits only where the activation keeps the order of numbers.
  const keepsOrder = !activation || activation.layer.kind === 'relu' || activation.layer.kind === 'relu6'
  const pool = take(
    (it) => kind === 'conv' && !norm && keepsOrder && it?.kind === 'maxpool' && it.padding === 0,
  )
  return { norm, activation, pool }
}

/**
 * Turns layers into steps. With `fuse`, a convolution takes in the BatchNorm, the activation and the max pooling after it, a
 * linear layer its activation: fewer passes over memory and fewer tensors kept. Without, each layer is a step and can be looked at.
 */
export function compileLayers(placed: readonly PlacedLayer[], fuse = true): CompiledStep[] {
  let draws = 0

  /** timm's BatchNorm layers include their activation, so the name stands for the output after it. */
  function outputNames(layers: readonly PlacedLayer[], at: number): string[] {
    const it = layers[at]!
    const next = layers[at + 1]
    const includes = isActivation(next?.layer) && next.name === ''
    if (it.layer.kind === 'batchnorm' && includes) return []
    return isActivation(it.layer) && it.name === '' ? namesOf(layers[at - 1]) : namesOf(it)
  }

  function stepOf(layers: readonly PlacedLayer[], at: number): { step: CompiledStep; took: number } {
    const placed = layers[at] as CompiledStep['placed']
    const { norm, activation, pool } = fuse
      ? takenBy(layers, at)
      : { norm: undefined, activation: undefined, pool: undefined }
    const took = [norm, activation, pool].filter((it) => it !== undefined).length
    const last = layers[at + took]!
    // Before its paths' own, as dropouts have always been numbered by where they stand.
    const draw = draws
    if (placed.layer.kind === 'dropout' || (placed.layer.kind === 'paths' && placed.layer.drop > 0))
      draws += 1
    const step: CompiledStep = {
      placed,
      norm: norm ? { name: norm.name, layer: norm.layer as BatchNorm } : null,
      activation: activation ? (activation.layer.kind as Activation) : null,
      pool: pool ? (pool.layer as MaxPool) : null,
      names: took === 0 ? outputNames(layers, at) : namesOf(last.name ? last : (norm ?? layers[at])),
      input: placed.input,
      output: last.output,
      parameters: parametersOf(layers.slice(at, at + took + 1)),
      paths: placed.paths.map(stepsOf),
      draw,
    }
    return { step, took }
  }

  function stepsOf(layers: readonly PlacedLayer[]): CompiledStep[] {
    const made: CompiledStep[] = []
    for (let at = 0; at < layers.length; at += 1) {
      const it = layers[at]!
      if (isGroup(it.layer)) {
        const inner = stepsOf(it.children)
        // The container's output is that of its last step.
        inner.at(-1)?.names.push(...namesOf(it))
        made.push(...inner)
        continue
      }
      const { step, took } = stepOf(layers, at)
      made.push(step)
      at += took
    }
    return made
  }

  return stepsOf(placed)
}

export const compileNetwork = (network: Network, fuse = true): CompiledStep[] =>
  compileLayers(placeLayers(network), fuse)

/**
 * How many of the steps give the features that the head reads: those before it, without the dropouts right in front of it, which
 * do nothing where nothing is trained. For the recipe's VGG16: all up to `classifier.4`.
 */
export function penultimateOf(steps: readonly CompiledStep[], head: string): number {
  let end = steps.findIndex(({ placed }) => placed.name === head)
  while (end > 0 && steps[end - 1]!.placed.layer.kind === 'dropout') end -= 1
  return end
}

/**
 * The place after `steps[end - 1]` by the name of the layer it follows: half a block has none of its own and is told by the last
 * layer in it. null at the network's beginning.
 */
export function nameOfCut(steps: readonly CompiledStep[], end: number): string | null {
  for (let at = end - 1; at >= 0; at -= 1) {
    const step = steps[at]!
    if (step.names.length > 0) return step.names[0]!
    const inner = step.paths.map((path) => nameOfCut(path, path.length)).find((it) => it !== null)
    if (inner) return `${inner} +`
  }
  return null
}
