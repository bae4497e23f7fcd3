/** How far a run has moved from its start, and what it answers in between. */
import { z } from 'zod'
import { Score } from '../metrics.ts'
import { Shares, TensorMovement } from '../model/melt.ts'
import { Id, library, Offered, trainer } from './call.ts'

/** A run's answers for its validation photos with weights in between. Classes are indices among the run's. */
export const MeltAnswer = z.strictObject({
  score: Score,
  /** With what was learnt. */
  learnt: Score,
  /** [truth][answer] */
  confusion: z.array(z.array(z.int())),
  /** Full name of the last layer whose output came from what is kept; null: everything was computed. */
  from: z.string().nullable(),
  /** Photos that are answered otherwise than with what was learnt. */
  flips: z.array(
    z.strictObject({
      photo: z.string(),
      truth: z.int(),
      before: z.int(),
      after: z.int(),
      /** Of the class that it shows, after. */
      truthProbability: z.number(),
    }),
  ),
})
export type MeltAnswer = z.infer<typeof MeltAnswer>

const Melted = z.strictObject({ run: Id, shares: Shares })

export const meltCalls = {
  /** Of the best weights. Can be cancelled. @throws run.other-weights, weights.missing where the first weights are not at hand */
  'runs.movement': library(z.strictObject({ run: Id }), z.strictObject({ tensors: z.array(TensorMovement) })),
  /** Can be cancelled: the next one answers sooner. @throws as runs.movement; plan.unknown-node */
  'runs.melt': trainer(Melted, MeltAnswer),
  /** An ordinary weight file with its recipe in the metadata. @throws as runs.melt */
  'runs.meltSave': trainer(Melted, Offered),
}
