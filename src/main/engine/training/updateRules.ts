import type { RunConfig } from '../../../shared/config.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import type { Tensor } from '../backend/tf.ts'

export type OptimizerSettings = Pick<
  RunConfig,
  'optimizer' | 'momentum' | 'nesterov' | 'betas' | 'alpha' | 'eps' | 'weightDecay' | 'decayAll'
>

/** What a step of one parameter is computed from; tensors in the engine's layout, all of the same shape. */
export interface Update {
  weight: Tensor
  gradient: Tensor
  learningRate: number
  /** A schedule's, in place of SGD's and RMSprop's momentum or Adam's first beta; null: the settings'. */
  momentum: number | null
  /** 0 for a parameter that does not decay. */
  weightDecay: number
  /** Steps that this parameter has taken, this one included. */
  steps: number
  /** What was remembered of it, by PyTorch's names; empty before its first step. */
  slots: ReadonlyMap<string, Tensor>
  settings: OptimizerSettings
  /** Computes SGD with momentum in one pass, where there is a kernel for it. */
  momentumStep: Kernels['momentumStep']
}

/** The parameter's new value, and the new values of its slots. A type, as what `tf.tidy` hands out has to be. */
export type Updated = { weight: Tensor; slots: Record<string, Tensor> }

/** Weight decay as a part of the gradient. AdamW alone shrinks the weight itself. */
const decayed = ({ gradient, weight, weightDecay }: Update): Tensor =>
  weightDecay > 0 ? gradient.add(weight.mul(weightDecay)) : gradient

/** old · share + value · (1 − share), starting from zero */
function average(old: Tensor | undefined, value: Tensor, share: number): Tensor {
  const fresh = value.mul(1 - share)
  return old ? old.mul(share).add(fresh) : fresh
}

function sgd(update: Update): Updated {
  const { weight, learningRate, slots, settings, momentumStep } = update
  const momentum = update.momentum ?? settings.momentum
  const gradient = decayed(update)
  if (momentum === 0) return { weight: weight.sub(gradient.mul(learningRate)), slots: {} }
  const old = slots.get('momentum_buffer')
  if (momentumStep && !settings.nesterov) {
    const moved = momentumStep(weight, gradient, old, learningRate, momentum)
    return { weight: moved.weight, slots: { momentum_buffer: moved.velocity } }
  }
  const velocity = old ? old.mul(momentum).add(gradient) : gradient.clone()
  const direction = settings.nesterov ? gradient.add(velocity.mul(momentum)) : velocity
  return { weight: weight.sub(direction.mul(learningRate)), slots: { momentum_buffer: velocity } }
}

/** @param from the weight that the step is taken from */
function adamFrom(from: Tensor, gradient: Tensor, update: Update): Updated {
  const { learningRate, steps, slots, settings } = update
  const [beta1, beta2] = [update.momentum ?? settings.betas[0], settings.betas[1]]
  const expAvg = average(slots.get('exp_avg'), gradient, beta1)
  const expAvgSq = average(slots.get('exp_avg_sq'), gradient.square(), beta2)
  const size = learningRate / (1 - beta1 ** steps)
  const root = expAvgSq
    .sqrt()
    .div(Math.sqrt(1 - beta2 ** steps))
    .add(settings.eps)
  return { weight: from.sub(expAvg.div(root).mul(size)), slots: { exp_avg: expAvg, exp_avg_sq: expAvgSq } }
}

const adam = (update: Update): Updated => adamFrom(update.weight, decayed(update), update)

function adamw(update: Update): Updated {
  const { weight, gradient, learningRate, weightDecay } = update
  const from = weightDecay > 0 ? weight.mul(1 - learningRate * weightDecay) : weight
  return adamFrom(from, gradient, update)
}

function rmsprop(update: Update): Updated {
  const { weight, learningRate, slots, settings } = update
  const momentum = update.momentum ?? settings.momentum
  const gradient = decayed(update)
  const squareAvg = average(slots.get('square_avg'), gradient.square(), settings.alpha)
  const scaled = gradient.div(squareAvg.sqrt().add(settings.eps))
  if (momentum === 0)
    return { weight: weight.sub(scaled.mul(learningRate)), slots: { square_avg: squareAvg } }
  const old = slots.get('momentum_buffer')
  const velocity = old ? old.mul(momentum).add(scaled) : scaled
  return {
    weight: weight.sub(velocity.mul(learningRate)),
    slots: { square_avg: squareAvg, momentum_buffer: velocity },
  }
}

/** How each optimizer moves one parameter, as torch.optim defines it. */
export const updateRules: Record<OptimizerSettings['optimizer'], (update: Update) => Updated> = {
  sgd,
  adam,
  adamw,
  rmsprop,
}
