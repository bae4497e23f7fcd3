/** What a run answers, photo by photo, and the figures that follow from it. */
import { z } from 'zod'
import { EvaluationReport } from '../evaluation/report.ts'
import { Split } from '../dataset.ts'
import { Id } from './call.ts'

export const EvaluateInput = z.strictObject({
  run: Id,
  /** The test part is looked at only when it is asked for. */
  part: Split.default('val'),
})

/** One photo's answer. Numbers are places among the run's classes. */
export const AnsweredPhoto = z.strictObject({
  /** Path in the run's dataset. */
  photo: z.string(),
  truth: z.int(),
  answer: z.int(),
  /** Of the answer. */
  probability: z.number(),
  /** Of the class that it shows. */
  truthProbability: z.number(),
})
export type AnsweredPhoto = z.infer<typeof AnsweredPhoto>

export const RunAnswers = z.strictObject({
  part: Split,
  classes: z.array(z.string()),
  photos: z.array(AnsweredPhoto),
  /** Photos that could not be read: no figure counts them. */
  failed: z.int(),
  report: EvaluationReport,
})
export type RunAnswers = z.infer<typeof RunAnswers>
