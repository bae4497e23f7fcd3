import type { RunConfig } from '../../../shared/config.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import { tf } from '../backend/tf.ts'
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
  /** 0 for a parameter that does not decay. */
  weightDecay: number
  /** Steps that this parameter has taken, this one included. */
  steps: number
  /** What was remembered of it, by PyTorch's names; empty before its first step. */
  slots: ReadonlyMap<string, Tensor>
}

/** What all parameters of a step have in common. */
export interface HowToUpdate {
  settings: OptimizerSettings
  /** A schedule's, in place of SGD's and RMSprop's momentum or Adam's first beta; null: the settings'. */
  momentum: number | null
  /** Computes SGD with momentum in one pass, where there is a kernel for it. */
  momentumSteps: Kernels['momentumSteps']
}

/** The parameter's new value, and the new values of its slots. A type, as what `tf.tidy` hands out has to be. */
export type Updated = { weight: Tensor; slots: Record<string, Tensor> }

type Rule = (update: Update, how: HowToUpdate) => Updated

/** Weight decay as a part of the gradient. AdamW alone shrinks the weight itself. */
const decayed = ({ gradient, weight, weightDecay }: Update): Tensor =>
  weightDecay > 0 ? gradient.add(weight.mul(weightDecay)) : gradient

/** old · share + value · (1 − share), starting from zero */
function average(old: Tensor | undefined, value: Tensor, share: number): Tensor {
  const fresh = value.mul(1 - share)
  return old ? old.mul(share).add(fresh) : fresh
}

/** SGD with momentum by a kernel, all parameters at once. */
const sgdTogether = (
  updates: readonly Update[],
  momentum: number,
  momentumSteps: NonNullable<Kernels['momentumSteps']>,
): Updated[] => {
  const gradients = updates.map((update) => tf.tidy(() => decayed(update)))
  const moves = updates.map(({ weight, learningRate, slots }, i) => ({
    ...{ weight, gradient: gradients[i]!, velocity: slots.get('momentum_buffer'), learningRate },
  }))
  const moved = momentumSteps(moves, momentum)
  gradients.forEach((it, i) => {
    if (it !== updates[i]!.gradient) it.dispose()
  })
  return moved.map(({ weight, velocity }) => ({ weight, slots: { momentum_buffer: velocity } }))
}

function sgd(update: Update, { momentum: given, settings }: HowToUpdate): Updated {
  const { weight, learningRate, slots } = update
  const momentum = given ?? settings.momentum
  const gradient = decayed(update)
  if (momentum === 0) return { weight: weight.sub(gradient.mul(learningRate)), slots: {} }
  const old = slots.get('momentum_buffer')
  const velocity = old ? old.mul(momentum).add(gradient) : gradient.clone()
  const direction = settings.nesterov ? gradient.add(velocity.mul(momentum)) : velocity
  return { weight: weight.sub(direction.mul(learningRate)), slots: { momentum_buffer: velocity } }
}

/** @param from the weight that the step is taken from */
function adamFrom(
  from: Tensor,
  gradient: Tensor,
  { learningRate, steps, slots }: Update,
  { momentum, settings }: HowToUpdate,
): Updated {
  const [beta1, beta2] = [momentum ?? settings.betas[0], settings.betas[1]]
  const expAvg = average(slots.get('exp_avg'), gradient, beta1)
  const expAvgSq = average(slots.get('exp_avg_sq'), gradient.square(), beta2)
  const size = learningRate / (1 - beta1 ** steps)
  const root = expAvgSq
    .sqrt()
    .div(Math.sqrt(1 - beta2 ** steps))
    .add(settings.eps)
  return { weight: from.sub(expAvg.div(root).mul(size)), slots: { exp_avg: expAvg, exp_avg_sq: expAvgSq } }
}

const adam: Rule = (update, how) => adamFrom(update.weight, decayed(update), update, how)

function adamw(update: Update, how: HowToUpdate): Updated {
  const { weight, gradient, learningRate, weightDecay } = update
  const from = weightDecay > 0 ? weight.mul(1 - learningRate * weightDecay) : weight
  return adamFrom(from, gradient, update, how)
}

function rmsprop(update: Update, { momentum: given, settings }: HowToUpdate): Updated {
  const { weight, learningRate, slots } = update
  const momentum = given ?? settings.momentum
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
const rules: Record<OptimizerSettings['optimizer'], Rule> = { sgd, adam, adamw, rmsprop }

/**
 * Moves some parameters, as torch.optim defines it.
 * @returns what replaces each, in their order; the caller owns it
 */
export function updated(updates: readonly Update[], how: HowToUpdate): Updated[] {
  const { settings, momentumSteps } = how
  const momentum = how.momentum ?? settings.momentum
  if (settings.optimizer === 'sgd' && momentumSteps && momentum !== 0 && !settings.nesterov)
    return sgdTogether(updates, momentum, momentumSteps)
  return updates.map((update) => tf.tidy(() => rules[settings.optimizer](update, how)))
}
