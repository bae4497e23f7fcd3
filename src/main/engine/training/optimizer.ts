import type { Kernels } from '../backend/kernels/kernels.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Weights } from '../model/weights.ts'
import type { StepNorms } from './norms.ts'
import { sumOfSquares } from './norms.ts'
import { updated } from './updateRules.ts'
import type { OptimizerSettings, Updated } from './updateRules.ts'

/** What an optimizer remembers of one parameter. tensors by PyTorch's name, in the engine's layout. */
interface ParameterState {
  steps: number
  slots: Map<string, Tensor>
}

interface LazySlot {
  parameter: string
  slot: string
  values: () => Iterable<Float32Array>
}

/** Numbers that are moved at once: most parameters are too short to be worth an operation of their own, and long ones need memory. */
const atOnce = 2 ** 20

/** Parameters that are moved at once, in their order: together of at most `atOnce` numbers, a longer one alone. */
function together(names: readonly string[], sizeOf: (name: string) => number): string[][] {
  const groups: string[][] = []
  let room = 0
  for (const name of names) {
    const size = sizeOf(name)
    if (size > room) {
      groups.push([])
      room = atOnce
    }
    groups.at(-1)!.push(name)
    room -= size
  }
  return groups
}

/** Slots as the first checkpoints call them. */
const formerSlots: Record<string, string> = {
  momentum: 'momentum_buffer',
  first: 'exp_avg',
  second: 'exp_avg_sq',
  square: 'square_avg',
}

/** State as it comes back from a checkpoint: values in PyTorch's layout. */
export interface SavedState {
  steps: Record<string, number>
  slots: { parameter: string; slot: string; values: Float32Array }[]
}

/**
 * SGD, Adam, AdamW and RMSprop, each as torch.optim defines it. What it remembers belongs to a parameter by name, so that
 * freezing one never hands its momentum to another, and thawing it finds it again.
 */
export class Optimizer {
  private readonly settings: OptimizerSettings
  private readonly weights: Weights
  private readonly momentumSteps: Kernels['momentumSteps']
  private readonly state = new Map<string, ParameterState>()

  /** @param momentumSteps computes SGD with momentum in one pass, where there is a kernel for it */
  constructor(settings: OptimizerSettings, weights: Weights, momentumSteps?: Kernels['momentumSteps']) {
    this.settings = settings
    this.weights = weights
    this.momentumSteps = momentumSteps
  }

  /**
   * Moves every parameter that has a gradient, by its own rate.
   * @param momentum replaces SGD's and RMSprop's momentum and Adam's first beta, where a schedule moves it
   * @param norms is shown each parameter before and after
   */
  step(
    gradients: ReadonlyMap<string, Tensor>,
    learningRateOf: (name: string) => number,
    momentum: number | null,
    norms?: StepNorms,
  ): void {
    const { settings, momentumSteps } = this
    for (const names of together([...gradients.keys()], (name) => gradients.get(name)!.size)) {
      const updates = names.map((name) => {
        const state = this.stateOf(name)
        state.steps += 1
        return {
          ...{ weight: this.weights.get(name), gradient: gradients.get(name)! },
          ...{
            learningRate: learningRateOf(name),
            weightDecay: this.decays(name) ? settings.weightDecay : 0,
          },
          ...state,
        }
      })
      updated(updates, { settings, momentum, momentumSteps }).forEach((it, i) => {
        this.take(names[i]!, it, norms)
      })
    }
  }

  private take(name: string, { weight, slots }: Updated, norms: StepNorms | undefined): void {
    const state = this.stateOf(name)
    for (const [slot, tensor] of Object.entries(slots)) {
      state.slots.get(slot)?.dispose()
      state.slots.set(slot, tf.keep(tensor))
    }
    norms?.takeUpdate(name, this.weights.get(name), weight)
    this.weights.set(name, weight)
  }

  private stateOf(name: string): ParameterState {
    const found = this.state.get(name) ?? { steps: 0, slots: new Map<string, Tensor>() }
    this.state.set(name, found)
    return found
  }

  /** Biases and BatchNorm's scales are vectors; everything that multiplies activations is not. */
  private decays(name: string): boolean {
    return this.settings.decayAll || this.weights.spec(name).decays
  }

  /** The state as a checkpoint keeps it; values come in pieces when they are asked for. */
  save(): { steps: SavedState['steps']; slots: LazySlot[] } {
    const steps: Record<string, number> = {}
    const slots: LazySlot[] = []
    for (const [parameter, state] of this.state) {
      steps[parameter] = state.steps
      for (const [slot, tensor] of state.slots)
        slots.push({ parameter, slot, values: () => this.weights.pieces(parameter, tensor) })
    }
    return { steps, slots }
  }

  load(saved: SavedState): void {
    this.dispose()
    for (const [name, steps] of Object.entries(saved.steps)) this.stateOf(name).steps = steps
    for (const { parameter, slot, values } of saved.slots)
      this.stateOf(parameter).slots.set(
        formerSlots[slot] ?? slot,
        tf.keep(this.weights.toEngine(parameter, values)),
      )
  }

  dispose(): void {
    for (const { slots } of this.state.values()) for (const tensor of slots.values()) tensor.dispose()
    this.state.clear()
  }
}

/**
 * Scales all gradients together so that their global norm is at most `limit`, as torch.nn.utils.clip_grad_norm_ does.
 * @returns the norm before
 */
export function clipGradients(gradients: Map<string, Tensor>, limit: number): number {
  let squares = 0
  for (const gradient of gradients.values()) {
    squares += sumOfSquares(gradient)
  }
  const norm = Math.sqrt(squares)
  // 1e-6 keeps PyTorch from dividing by zero, and makes its result a trifle smaller than the limit.
  const factor = limit / (norm + 1e-6)
  if (factor < 1)
    for (const [name, gradient] of gradients) {
      gradients.set(name, gradient.mul(factor))
      gradient.dispose()
    }
  return norm
}
