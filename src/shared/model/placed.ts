import type { Shape } from './shape.ts'
import type { Activation, BatchNorm, Layer, LayerOf, MaxPool } from './spec.ts'
import type { TensorSpec } from './tensor.ts'

/** A layer at its place in the network. */
export interface PlacedLayer {
  /** Full name; empty where PyTorch has no module for it. */
  name: string
  layer: Layer
  input: Shape
  output: Shape
  /** The layer's own tensors, in PyTorch's order; containers have none of their own. */
  tensors: readonly TensorSpec[]
  /** What it holds, in order; those of all paths one after the other. */
  children: readonly PlacedLayer[]
  /** What each path holds; empty for all that is no `paths`. */
  paths: readonly (readonly PlacedLayer[])[]
}

type Computing = Exclude<Layer, { kind: 'sequence' | 'block' }>

/**
 * A step that runs: one layer, with what is computed together with it. Engine, costs and exporters all read these, so that what
 * is forecast is what is done.
 */
export interface CompiledStep<L extends Computing = Computing> {
  placed: PlacedLayer & { layer: L }
  /** Taken in by the convolution before it. */
  norm: { name: string; layer: BatchNorm } | null
  /** Taken in by the convolution or linear layer before it. */
  activation: Activation | null
  /** Taken in by the convolution before it, behind its activation. */
  pool: MaxPool | null
  /** Full names of the layers whose output is the step's output. */
  names: string[]
  input: Shape
  output: Shape
  /** Full names of all its parameters, those of its paths included. */
  parameters: readonly string[]
  /** The steps of each path; empty for all that is no `paths`. */
  paths: readonly (readonly CompiledStep[])[]
  /** Tells what draws random numbers apart: dropout and stochastic depth are numbered through. */
  draw: number
}

/** A step that is known to be of this kind. */
export type StepOf<K extends Computing['kind']> = CompiledStep<LayerOf<K> & Computing>
