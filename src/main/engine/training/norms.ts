import { lanesOf, overLanes } from '../backend/kernels/channelSums.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { ParameterNorms } from '../../../shared/run.ts'

/** Added up in float64 over short float32 sums: a gradient may have a hundred million numbers. */
export function sumOfSquares(x: Tensor): number {
  const lanes = lanesOf(x.size, 1)
  const partial = tf.tidy(() =>
    x
      .square()
      .reshape([x.size / lanes, lanes])
      .sum(0),
  )
  const [sum] = overLanes(partial.dataSync() as Float32Array, 1)
  partial.dispose()
  return sum!
}

const normOf = (x: Tensor): number => Math.sqrt(sumOfSquares(x))

/** Steps of a run that are measured at most, whatever its length: what is told must stay small, and cost nothing one would notice. */
const mostMeasured = 200

/** Whether a step (from 0) is among those that are measured; the same ones after a resume, since it depends on nothing else. */
export const isMeasured = (step: number, totalSteps: number): boolean =>
  step % Math.max(1, Math.ceil(totalSteps / mostMeasured)) === 0

/** Measures one step of the optimizer, parameter by parameter, as it is made. */
export class StepNorms {
  private readonly gradients = new Map<string, number>()
  private readonly parameters: ParameterNorms[] = []

  /** @param gradients of the whole batch, before they are clipped */
  takeGradients(gradients: ReadonlyMap<string, Tensor>): void {
    for (const [name, gradient] of gradients) this.gradients.set(name, normOf(gradient))
  }

  /** @param before a parameter's value, [any shape] @param after the one that replaces it */
  takeUpdate(name: string, before: Tensor, after: Tensor): void {
    const difference = after.sub(before)
    const update = normOf(difference)
    difference.dispose()
    this.parameters.push({ name, gradient: this.gradients.get(name)!, update, weight: normOf(before) })
  }

  /** undefined where a norm is no number: then the next loss is none either, and ends the run with an error of its own. */
  told(): ParameterNorms[] | undefined {
    const isWhole = ({ gradient, update, weight }: ParameterNorms) =>
      Number.isFinite(gradient + update + weight)
    return this.parameters.every(isWhole) ? this.parameters : undefined
  }
}
