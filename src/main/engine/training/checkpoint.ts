import path from 'node:path'
import { z } from 'zod'
import { ThawError } from '../../../shared/errors.ts'
import { Score } from '../../../shared/metrics.ts'
import type { Weights } from '../model/weights.ts'
import type { WeightFile } from '../weights/codec.ts'
import { openWeights } from '../weights/index.ts'
import type { OutgoingTensor } from '../weights/outgoing.ts'
import { writeSafetensors } from '../weights/safetensors-writer.ts'
import type { MovingAverage } from './movingAverage.ts'
import type { Optimizer } from './optimizer.ts'

/** Where a run stands, beside its tensors. Random numbers need no place: each is drawn from the seed and where it is used. */
export const Position = z.strictObject({
  /** The epoch that goes on, and how many of its batches are done. 0: the evaluation before training. */
  epoch: z.int(),
  batch: z.int(),
  /** Steps of the optimizer so far. */
  step: z.int(),
  /** Sums over the epoch's photos so far. */
  lossSum: z.number(),
  correct: z.int(),
  seen: z.int(),
  plateau: z.strictObject({ best: z.number().nullable(), bad: z.int(), cuts: z.int() }),
  best: Score.extend({ epoch: z.int() }).nullable(),
  /** Epochs in a row without a better value of early stopping's metric, and that value. */
  stale: z.int(),
  goal: z.number().nullable(),
  /** Seconds trained so far. */
  seconds: z.number(),
})
export type Position = z.infer<typeof Position>

const Extra = z.strictObject({
  position: Position,
  steps: z.record(z.string(), z.int()),
  averageUpdates: z.int(),
  /** Tensors as they were at the start of the epoch, for its freeze receipt; empty before the first. */
  fingerprints: z.record(z.string(), z.number()),
  /** How these are computed. Former checkpoints have plain sums of bits, which cannot be compared. */
  fingerprintFormula: z.int().optional(),
  /** Lines of events.jsonl that belong to what is saved here. */
  events: z.int(),
})

/** Raised when the kernels' fingerprints become others. */
const fingerprintFormula = 3

export const checkpointFile = (folder: string): string =>
  path.join(folder, 'checkpoints', 'latest.safetensors')

/** Writes all that `restore` needs: what changed since the start, and where the run stands. */
export async function saveCheckpoint(
  into: string,
  state: {
    weights: Weights
    changed: readonly string[]
    optimizer: Optimizer | null
    average: MovingAverage | null
    /** The best epoch's weights as far as their file lacks them. */
    best: ReadonlyMap<string, Float32Array>
    position: Position
    fingerprints: Record<string, number>
    events: number
  },
): Promise<void> {
  const { weights, optimizer, average, position } = state
  const tensors: OutgoingTensor[] = []
  const add = (kind: string, name: string, values: OutgoingTensor['values']) => {
    const { shape, dtype } = weights.spec(name)
    tensors.push({ name: `${kind}/${name}`, shape, dtype, values })
  }
  for (const name of state.changed) add('weight', name, () => weights.pieces(name))
  const { steps, slots } = optimizer?.save() ?? { steps: {}, slots: [] }
  for (const { parameter, slot, values } of slots) add(`slot/${slot}`, parameter, values)
  const averages = average?.save()
  if (averages) for (const [name, values] of averages.values) add('average', name, () => values)
  for (const [name, values] of state.best) add('best', name, () => values)
  const extra: z.infer<typeof Extra> = {
    position,
    steps,
    averageUpdates: averages?.updates ?? 0,
    fingerprints: state.fingerprints,
    fingerprintFormula,
    events: state.events,
  }
  await writeSafetensors(into, tensors, { thaw: JSON.stringify(extra) })
}

/** How many events had happened when a run's checkpoint was written. @throws ThawError run.damaged, weights.* */
export async function eventsBefore(folder: string): Promise<number> {
  const file = await openWeights(checkpointFile(folder))
  try {
    return Extra.parse(JSON.parse(file.metadata['thaw'] ?? '{}')).events
  } catch (error) {
    throw new ThawError('run.damaged', { folder, reason: 'checkpoint-incomplete' }, { cause: error })
  } finally {
    await file.close()
  }
}

/** The best epoch's tensors that a checkpoint holds: by name, what they are called in its file. */
export const bestTensorsIn = ({ tensors }: WeightFile): Map<string, string> =>
  new Map(
    tensors
      .filter(({ name }) => name.startsWith('best/'))
      .map(({ name }) => [name.slice('best/'.length), name]),
  )

/** Puts a checkpoint back. @throws ThawError run.no-checkpoint, run.damaged */
export async function restoreCheckpoint(
  folder: string,
  state: { weights: Weights; optimizer: Optimizer; average: MovingAverage | null },
): Promise<{
  position: Position
  fingerprints: Record<string, number>
  events: number
  changed: string[]
  best: Map<string, Float32Array>
}> {
  const file = await openWeights(checkpointFile(folder)).catch((error: unknown) => {
    if (error instanceof ThawError && error.code === 'weights.missing')
      throw new ThawError('run.no-checkpoint', { run: path.basename(folder) })
    throw error
  })
  try {
    const extra = Extra.parse(JSON.parse(file.metadata['thaw'] ?? '{}'))
    const slots: { parameter: string; slot: string; values: Float32Array }[] = []
    const averages = new Map<string, Float32Array>()
    const changed: string[] = []
    const best = new Map<string, Float32Array>()
    for (const { name } of file.tensors) {
      const values = await file.read(name)
      const [kind, ...rest] = name.split('/') as [string, ...string[]]
      if (kind === 'weight') {
        state.weights.put(rest[0]!, values)
        changed.push(rest[0]!)
      }
      if (kind === 'best') best.set(rest[0]!, values)
      if (kind === 'average') averages.set(rest[0]!, values)
      if (kind.startsWith('slot')) slots.push({ slot: rest[0]!, parameter: rest[1]!, values })
    }
    state.optimizer.load({ steps: extra.steps, slots })
    state.average?.load(extra.averageUpdates, averages)
    const { position, events } = extra
    const fingerprints = extra.fingerprintFormula === fingerprintFormula ? extra.fingerprints : {}
    return { position, fingerprints, events, changed, best }
  } catch (error) {
    if (error instanceof ThawError) throw error
    throw new ThawError('run.damaged', { folder, reason: 'checkpoint-incomplete' }, { cause: error })
  } finally {
    await file.close()
  }
}
