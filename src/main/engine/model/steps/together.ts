import type { Tensor } from '../../backend/tf.ts'
import type { Pass, PlainConvolution, Step } from './step.ts'

export interface RunTogether {
  y: Tensor
  /** How many steps that was. */
  count: number
}

const isProduct = ({ side, how }: PlainConvolution): boolean =>
  side === 1 && how.stride === 1 && !how.depthwise

/** A convolution that widens and the depthwise one behind it; the wide map between them is never in memory. */
function expanded(steps: readonly Step[], at: number, x: Tensor, pass: Pass) {
  const [first, second] = [steps[at]?.convolution, steps[at + 1]?.convolution]
  if (!pass.kernels.expandedConv || !first || !second || !isProduct(first) || !second.how.depthwise)
    return null
  const { activation } = second
  if (activation === null || activation !== first.activation) return null
  if (!pass.kernels.expandedConv.suits(second.side, second.how, activation)) return null
  const [expand, filter] = [first.ready(x, pass), second.ready(x, pass)]
  if (!expand || !filter) return null
  const withMeans = steps[at + 2]?.squeeze !== undefined
  return pass.kernels.expandedConv.run(x, expand, filter, { ...second.how, activation, withMeans })
}

/** A map times its factors, and the 1×1 convolution behind it if there is one: then the product is never in memory. */
function squeezed(
  steps: readonly Step[],
  at: number,
  x: Tensor,
  means: Tensor | null,
  pass: Pass,
): RunTogether | null {
  const [squeeze, behind] = [steps[at]?.squeeze, steps[at + 1]?.convolution]
  const { kernels } = pass
  if (!squeeze || !kernels.scaledConv) return null
  const own = means ?? kernels.averagePool(x, 1)
  const factors = squeeze.factors(own, pass)
  own.dispose()
  const ready = behind && isProduct(behind) ? behind.ready(x, pass) : null
  const y = ready ? kernels.scaledConv(x, factors, ready, behind!.activation) : kernels.scale(x, factors)
  factors.dispose()
  return { y, count: ready ? 2 : 1 }
}

/**
 * Runs the next steps as one where there are kernels for that and nothing is recorded or looked at: the same sums in the same order, but
 * for the means. @returns null where the next step runs by itself
 */
export function runTogether(steps: readonly Step[], at: number, x: Tensor, pass: Pass): RunTogether | null {
  const wide = expanded(steps, at, x, pass)
  if (!wide) return squeezed(steps, at, x, null, pass)
  if (!wide.means) return { y: wide.y, count: 2 }
  const { y, count } = squeezed(steps, at + 2, wide.y, wide.means, pass)!
  wide.y.dispose()
  return { y, count: count + 2 }
}
