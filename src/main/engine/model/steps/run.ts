import { gradientFrom } from '../../../../shared/model/kinds/activation.ts'
import type { Tensor } from '../../backend/tf.ts'
import type { Backward, Pass, Step } from './step.ts'
import { runTogether } from './together.ts'

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
