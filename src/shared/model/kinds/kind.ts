import type { CompiledStep } from '../placed.ts'
import type { Shape } from '../shape.ts'
import type { Layer } from '../spec.ts'
import type { TensorSpec } from '../tensor.ts'

/** What a step keeps for its way back. */
export interface Kept {
  /** Its input as it came. */
  input?: boolean
  /** Its output as it is handed on. */
  output?: boolean
  /** Further numbers a photo. */
  more?: number
}

/** What of a resolved plan decides what is kept: who learns, and which BatchNorm layers look at the batch. */
type Learning = {
  learningRates: ReadonlyMap<string, number>
  updating: ReadonlySet<string>
}

/** All that is known of a kind of layer without computing: its one place in the description. */
export interface Kind<L extends Layer = Layer> {
  /** What it hands on, for one photo. */
  output: (layer: L, input: Shape) => Shape
  /** Its tensors in PyTorch's order. @param name the layer's full name */
  tensors?: (layer: L, name: string) => TensorSpec[]
  /** What its step keeps where gradients are wanted. Left out: nothing. */
  keeps?: (step: CompiledStep, plan: Learning) => Kept
  /** Has a box in the picture of a network. */
  isDrawn?: true
}

/** Whether one of the step's parameters learns. */
export const learnsIn = ({ parameters }: CompiledStep, plan: Learning): boolean =>
  parameters.some((name) => plan.learningRates.has(name))
