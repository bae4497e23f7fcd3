import type { RunConfig } from '../../../shared/config.ts'
import type { Score } from '../../../shared/metrics.ts'
import type { Position } from './checkpoint.ts'
import { afterEpoch, freshPlateau } from '../../../shared/schedule.ts'

/** Before anything was computed: the evaluation before training is epoch 0. */
export const start = (): Position => ({
  epoch: 0,
  batch: 0,
  step: 0,
  lossSum: 0,
  correct: 0,
  seen: 0,
  plateau: { best: null, bad: 0, cuts: 0 },
  best: null,
  stale: 0,
  goal: null,
  seconds: 0,
})

/** After a batch of `photos` with this mean loss. */
export function afterBatch(position: Position, photos: number, loss: number, correct: number): Position {
  return {
    ...position,
    step: position.step + 1,
    batch: position.batch + 1,
    lossSum: position.lossSum + loss * photos,
    correct: position.correct + correct,
    seen: position.seen + photos,
  }
}

/** Highest validation accuracy, then lowest loss; epoch 0 never counts. */
export function isBetter({ best }: Position, { correct, loss }: Score): boolean {
  return best === null || correct > best.correct || (correct === best.correct && loss < best.loss)
}

/** Closes an epoch's books: plateau and early stopping look at the validation score. */
export function nextEpoch(position: Position, config: RunConfig, val: Score): Position {
  const { plateau, epoch } = position
  const moved = afterEpoch(
    config.schedule,
    { ...freshPlateau(), ...plateau, best: plateau.best ?? Infinity },
    val.loss,
  )
  const rule = config.earlyStopping
  const goal = rule?.metric === 'loss' ? -val.loss : val.accuracy
  // A fork may have another metric: losses stand below 0, accuracies above. Of a 0 it cannot be told, and a loss of 0 is the best there is.
  const isSameMetric =
    position.goal !== null && (position.goal === 0 || position.goal < 0 === (rule?.metric === 'loss'))
  const improved = !isSameMetric || goal > position.goal!
  return {
    ...position,
    epoch: epoch + 1,
    batch: 0,
    lossSum: 0,
    correct: 0,
    seen: 0,
    plateau: { ...moved, best: Number.isFinite(moved.best) ? moved.best : null },
    best: isBetter(position, val) ? { ...val, epoch } : position.best,
    stale: improved ? 0 : position.stale + 1,
    goal: improved ? goal : position.goal,
  }
}

/** Whether early stopping's patience is at its end. It follows from the position, so that a resumed run stops there too. */
export const isStale = ({ stale }: Position, { earlyStopping }: RunConfig): boolean =>
  earlyStopping !== null && stale >= earlyStopping.patience

/** Whether nothing is left to learn. */
export const isDone = (position: Position, config: RunConfig): boolean =>
  position.epoch > config.epochs || isStale(position, config)
