import { gradientFrom } from '../../../../shared/model/kinds/activation.ts'
import type { Activation } from '../../../../shared/model/spec.ts'
import type { Kernels } from '../../backend/kernels/kernels.ts'
import type { Tensor } from '../../backend/tf.ts'
import type { Weights } from '../weights.ts'
import { runTogether } from './together.ts'
import type { PlainConvolution, Squeeze } from './together.ts'

/** Rows of a batch that have dropout of their own: the same whatever is beside them. */
export interface Draw {
  rows: number
  seed: number
}

/** What one run through the network needs to know. */
export interface Pass {
  kernels: Kernels
  weights: Weights
  /** Dropout drops, and BatchNorm that learns looks at the batch. */
  training: boolean
  /** Whether the parameter of this name gets a gradient. */
  learns: (parameter: string) => boolean
  /** Whether the BatchNorm layer of this name normalises by the batch and updates its running statistics. */
  updates: (layer: string) => boolean
  /** This pass's dropout, for all of its rows in their order. */
  draws: readonly Draw[]
  /** Gradients by parameter name, filled by the backward pass; those of several passes add up. */
  gradients: Map<string, Tensor>
  /** Shown the output of every layer by its name. */
  observe?: (layer: string, output: Tensor) => void
}

/**
 * The way back through a step: takes the gradient of its output (and disposes of it), adds those of its parameters to the
 * pass, frees what the way forward saved, and returns the gradient of the step's input, or null where that is not wanted.
 */
export type Backward = (dy: Tensor, wantInput: boolean) => Tensor | null

/**
 * A step of a network: one or several layers that are computed together. There is no tape and no general differentiation:
 * each step knows its own gradient, saves the least it needs, and frees it at once.
 */
export interface Step {
  /** Full names of the layers whose output is this step's output. */
  names: string[]
  /** Full names of its parameters. */
  parameters: readonly string[]
  /** Whether a training pass draws random numbers here, where these parameters learn. Left out: never. */
  random?: (learns: Pass['learns']) => boolean
  /** The caller keeps `x` and gets `y`. `back` is there if `record` is set. */
  run: (x: Tensor, pass: Pass, record: boolean) => { y: Tensor; back: Backward | null }
  /** Where it is an activation alone. */
  activation?: Activation
  /** Where it adds up: the same with an activation behind it, whose gradient is told by its output if that is recorded. */
  runActivated?: (
    x: Tensor,
    pass: Pass,
    record: boolean,
    activation: Activation,
  ) => { y: Tensor; back: Backward | null }
  /** What it is, where its neighbours may be computed together with it (together.ts). */
  convolution?: PlainConvolution
  squeeze?: Squeeze
}

/** Adds a gradient to those the pass has, and takes `gradient` over. */
export function addGradient(pass: Pass, name: string, gradient: Tensor): void {
  const before = pass.gradients.get(name)
  if (!before) {
    pass.gradients.set(name, gradient)
    return
  }
  pass.gradients.set(name, before.add(gradient))
  before.dispose()
  gradient.dispose()
}

/** Runs steps one after the other, as one step. */
export function runSteps(
  steps: readonly Step[],
  x: Tensor,
  pass: Pass,
  record: boolean,
): { y: Tensor; back: Backward | null } {
  const backs: Backward[] = []
  let at = x.clone()
  for (let i = 0; i < steps.length;) {
    const together = record || pass.observe ? null : runTogether(steps, i, at, pass)
    if (together) {
      at.dispose()
      at = together.y
      i += together.count
      continue
    }
    const step = steps[i++]!
    const behind = pass.observe ? undefined : steps[i]?.activation
    const isTaken = behind !== undefined && !(record && gradientFrom[behind] === 'input')
    if (isTaken && step.runActivated) i += 1
    const { y, back } =
      isTaken && step.runActivated ? step.runActivated(at, pass, record, behind) : step.run(at, pass, record)
    at.dispose()
    at = y
    if (back) backs.push(back)
    if (pass.observe) for (const name of step.names) pass.observe(name, y)
  }
  if (!record) return { y: at, back: null }
  const back: Backward = (dy, wantInput) => {
    let gradient: Tensor | null = dy
    for (let i = backs.length - 1; i >= 0 && gradient; i -= 1)
      gradient = backs[i]!(gradient, i > 0 || wantInput)
    return gradient
  }
  return { y: at, back }
}
