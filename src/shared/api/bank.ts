/** What rooms ask of the feature bank. Each is a kind of job (api/jobs.ts): the features may have to be computed first. */
import { z } from 'zod'
import { Score } from '../metrics.ts'
import { Id } from './call.ts'

/** Probabilities, one a class. */
const Probabilities = z.array(z.number())

export const WhyInput = z.strictObject({
  run: Id,
  /** Path in the run's dataset. */
  photo: z.string().max(4096),
  /** How many of the most similar training photos are left out, one after the other. */
  nearest: z.int().min(1).max(100).default(20),
})

/**
 * *Without this photo*. It is about a head solved on the run's features, and says so by `own`: what the run's own head, trained in
 * epochs, answers.
 */
export const Why = z.strictObject({
  classes: z.array(z.string()),
  own: Probabilities,
  solved: Probabilities,
  without: z.array(
    z.strictObject({
      /** Path in the run's dataset. */
      photo: z.string(),
      class: z.int(),
      /** 1 − cosine of the features. */
      distance: z.number(),
      probabilities: Probabilities,
      flips: z.boolean(),
      /** Of the answered class's probability. */
      change: z.number(),
    }),
  ),
})
export type Why = z.infer<typeof Why>

export const SimilarInput = z.strictObject({
  run: Id,
  /** Path in the run's dataset. */
  photo: z.string().max(4096),
  top: z.int().min(1).max(100).default(12),
})

/** The training photos that a run's own features put nearest to a photo, the nearest first. */
export const SimilarPhotos = z.strictObject({
  similar: z.array(
    z.strictObject({
      photo: z.string(),
      /** Index among the run's classes. */
      class: z.int(),
      /** 1 − cosine of the features. */
      distance: z.number(),
    }),
  ),
})
export type SimilarPhotos = z.infer<typeof SimilarPhotos>

export const HeadInput = z.strictObject({
  run: Id,
  /** Its photos and labels as they are now; without it, as the run had them. */
  dataset: Id.optional(),
})

export const RetrainedHead = z.strictObject({
  run: Id,
  /** Of the validation photos, judged on the labels of now: by the first run's own head, and by the new one. */
  before: Score,
  after: Score,
  /** On the same photos: how many only one of the two answers rightly; p by McNemar's exact test. */
  paired: z.strictObject({ onlyBefore: z.int(), onlyAfter: z.int(), p: z.number() }),
  /** Validation photos whose label has changed since the first run learnt. */
  relabelled: z.int(),
  /** Photos of the test part, which neither has seen. */
  testPhotos: z.int(),
  /** Photos that are answered otherwise; numbers are indices among the new run's classes. */
  flips: z.array(
    z.strictObject({
      photo: z.string(),
      truth: z.int(),
      before: z.int(),
      after: z.int(),
      probabilityBefore: z.number(),
      probability: z.number(),
    }),
  ),
  seconds: z.number(),
})
export type RetrainedHead = z.infer<typeof RetrainedHead>

const Interval = z.tuple([z.number(), z.number()])

export const Curve = z.strictObject({
  points: z.array(
    z.strictObject({
      share: z.number(),
      photos: z.int(),
      accuracies: z.array(z.number()),
      mean: z.number(),
      interval: Interval,
    }),
  ),
  /** With twice the photos; null where the curve does not allow that to be said. */
  doubled: z.strictObject({ photos: z.int(), accuracy: z.number() }).nullable(),
  /** What more photos of each class would bring, the most helpful first. */
  gains: z.array(z.strictObject({ class: z.int(), photos: z.int(), gain: z.number() })),
})
export type Curve = z.infer<typeof Curve>

const SpreadOfValues = z.strictObject({ values: z.array(z.number()), mean: z.number(), interval: Interval })
/** How much the head's accuracy depends on chance. */
export const HeadSpread = z.strictObject({ folds: SpreadOfValues, seeds: SpreadOfValues })
export type HeadSpread = z.infer<typeof HeadSpread>

export const NextToLabel = z.strictObject({
  /** The most instructive first. */
  photos: z.array(z.strictObject({ photo: z.string(), probabilities: Probabilities, margin: z.number() })),
  classes: z.array(z.string()),
})
export type NextToLabel = z.infer<typeof NextToLabel>
