/** What a run answers, photo by photo, and the figures that follow from it. */
import { z } from 'zod'
import { EvaluationReport } from '../evaluation/report.ts'
import { SliceBy, SliceScore } from '../evaluation/slices.ts'
import { Split } from '../dataset.ts'
import { Id, library, nothing, PictureId } from './call.ts'

/** Whose answers, and for which photos. There is one evaluation of each; it is kept until the run's best weights change. */
export const EvaluateInput = z.strictObject({
  run: Id,
  /** The test part is looked at only when it is asked for. */
  part: Split.default('val'),
  /** A dataset with the run's classes, with its photos and labels as they are now; without it, the run's photos as it had them. */
  dataset: Id.optional(),
})
export type EvaluateInput = z.infer<typeof EvaluateInput>

/** What the job tells; the evaluation itself is kept in a file and read by `evaluations.get` and `.photos`. */
export const Evaluated = z.strictObject({ photos: z.int(), correct: z.int(), failed: z.int() })

/** One photo's answer. Numbers are indices among the run's classes. */
export const AnsweredPhoto = z.strictObject({
  /** Path in the folder of the photos. */
  photo: z.string(),
  truth: z.int(),
  answer: z.int(),
  /** Of the answer. */
  probability: z.number(),
  /** Of the class that it shows. */
  truthProbability: z.number(),
  /** The likeliest classes, at most five. */
  top: z.array(z.strictObject({ class: z.int(), probability: z.number() })),
  /** Where it belongs in each slicing; what is not known of it is not there. */
  slices: z.partialRecord(SliceBy, z.string()),
})
export type AnsweredPhoto = z.infer<typeof AnsweredPhoto>

/** An evaluation as it is kept. */
export const KeptEvaluation = z.strictObject({
  format: z.literal(1),
  /** The run's best epoch that answered. */
  epoch: z.int(),
  /** The newest entry of the dataset's journal that the labels reflect; null: labels as the run had them. */
  entry: z.int().nullable(),
  folder: z.string(),
  part: Split,
  classes: z.array(z.string()),
  photos: z.array(AnsweredPhoto),
  /** Photos that could not be read: no figure counts them. */
  failed: z.int(),
  report: EvaluationReport,
})
export type KeptEvaluation = z.infer<typeof KeptEvaluation>

export const Evaluation = z.strictObject({
  part: Split,
  classes: z.array(z.string()),
  photos: z.int(),
  failed: z.int(),
  report: EvaluationReport,
  slices: z.array(SliceScore),
  /** Answered when only those are that are at least so sure: how many, and how many of them rightly. From 0 to 1. */
  thresholds: z.array(z.strictObject({ from: z.number(), photos: z.int(), correct: z.int() })),
  /** Whether there are answers of earlier epochs. */
  hasHistory: z.boolean(),
  /** The dataset whose journal takes what is decided about these photos; null where it is not known any more. */
  dataset: Id.nullable(),
  /** By what the run's logits are divided when it classifies; null: as they are. */
  temperature: z.number().nullable(),
  /** Whether labels have changed since, in the dataset that was evaluated. */
  isOld: z.boolean(),
})
export type Evaluation = z.infer<typeof Evaluation>

/** Which photos: all that every given condition holds for. */
export const AnswerFilter = z.strictObject({
  truth: z.int().optional(),
  answer: z.int().optional(),
  right: z.boolean().optional(),
  /** Certainty of the answer above the first and up to the second. */
  certainty: z.tuple([z.number(), z.number()]).optional(),
  slice: z.strictObject({ by: SliceBy, value: z.string() }).optional(),
  /** Answered otherwise at some epoch. */
  changed: z.boolean().optional(),
  photos: z.array(z.string().max(4096)).max(500).optional(),
})
export type AnswerFilter = z.infer<typeof AnswerFilter>

/** `hardest`: wrong in the most epochs first. */
export const AnswerOrder = z.enum(['surest', 'unsure', 'hardest', 'path'])
export type AnswerOrder = z.infer<typeof AnswerOrder>

/** A photo's answers in one epoch after the other, from epoch 0. */
export const EpochAnswer = z.strictObject({ epoch: z.int(), answer: z.int(), truthProbability: z.number() })

export const AnswerItem = AnsweredPhoto.extend({
  /** null where the photo is gone from the dataset, or the dataset is not known. */
  picture: PictureId.nullable(),
  history: z.array(EpochAnswer),
  /** The class that the dataset says now, by name; null: none, or left out. Absent where nobody knows. */
  now: z.string().nullable().optional(),
})
export type AnswerItem = z.infer<typeof AnswerItem>

export const evaluationCalls = {
  /** null where it has not been made, or the run has learnt since: the job `evaluate` makes it. @throws not-found */
  'evaluations.get': library(EvaluateInput, z.strictObject({ evaluation: Evaluation.nullable() })),
  /** Photos of it, a page at a time. @throws not-found */
  'evaluations.photos': library(
    EvaluateInput.extend({
      filter: AnswerFilter.default({}),
      order: AnswerOrder.default('path'),
      offset: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    z.strictObject({ total: z.int(), photos: z.array(AnswerItem) }),
  ),
  /**
   * Stores with the run the temperature that its validation photos ask for, or takes it away: classifying divides logits by it.
   * @throws not-found where the run has not been evaluated
   */
  'runs.calibrate': library(z.strictObject({ run: Id, on: z.boolean() }), nothing),
}
