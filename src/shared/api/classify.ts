import { FilePath, Id, Offered, PictureId, host, library, nothing } from './call.ts'
import { z } from 'zod'
import { Score } from '../metrics.ts'
import { PlainFailure } from './errors.ts'

/** Which network answers: that of a run, that of a weight file which says or shows which one it is, or a published one. */
export const ClassifyModel = z.union([
  z.strictObject({ run: Id }),
  z.strictObject({ file: FilePath, labels: FilePath.nullable().default(null) }),
  z.strictObject({
    backbone: z.string().max(100),
    weights: FilePath.nullable().default(null),
    labels: FilePath.nullable().default(null),
  }),
])
export type ClassifyModel = z.infer<typeof ClassifyModel>

export const Answer = z.strictObject({ index: z.int(), class: z.string(), probability: z.number() })
export type Answer = z.infer<typeof Answer>

/** `index` is the photo’s index among those that are classified; probabilities are the network's own, as it said them. A photo that cannot be read has an error instead of answers. */
export const Classified = z.strictObject({
  index: z.int(),
  path: z.string(),
  top: z
    .array(Answer)
    .meta({ description: 'The likeliest classes with the network’s own probabilities, not calibrated' }),
  error: PlainFailure.nullable(),
  /** How far it is from the training photos in feature space, see engine/classify/strangers.ts; null where nobody measured. */
  distance: z.number().nullable().default(null),
  /** When it was taken, milliseconds since 1970 by the camera's clock; null if unknown or not asked for. */
  taken: z.number().nullable().default(null),
})
export type Classified = z.infer<typeof Classified>

const Top = z.int().min(1).max(100).default(5)

/** How photos are answered. */
export const ClassifyHow = z.strictObject({
  top: Top,
  /** Test-time augmentation: the mean of the answers for a photo and for its mirror image. */
  mirrored: z.boolean().default(false),
  /** Reads when photos were taken, so that bursts can vote together. */
  times: z.boolean().default(false),
})
export type ClassifyHow = z.infer<typeof ClassifyHow>

/** Classes that count as one where which of them is unsure. */
export const ClassGroup = z.strictObject({
  name: z.string().trim().min(1).max(200),
  classes: z.array(z.string()).min(1).max(1000),
})
export type ClassGroup = z.infer<typeof ClassGroup>

/** What an answer has to be for nobody to look at it. */
export const ReviewSettings = z.strictObject({
  /** “The right class is among those shown … of 100 times.” */
  promise: z.number().min(0.5).max(0.995).default(0.95),
  /** Strangers are as far away as the farthest of the validation photos beside this share of them; null: none are looked for. */
  keep: z.number().min(0.5).max(0.999).nullable().default(0.9),
  /** Where no validation photos say how sure is sure: the probability of the first class. */
  unsureBelow: z.number().min(0).max(1).default(0.7),
  groups: z.array(ClassGroup).max(100).default([]),
  /** Photos that were taken within two seconds of each other, in one folder, get one answer; strangers among them do not vote. */
  bursts: z.boolean().default(false),
})
export type ReviewSettings = z.infer<typeof ReviewSettings>

/**
 * `sure` and `group` are answered; `unsure` and `stranger` are in the tray; `decided` a person has answered, `none` she has said
 * that it is none of the classes; `unreadable` has no answer.
 */
export const Verdict = z.enum(['sure', 'group', 'unsure', 'stranger', 'unreadable', 'decided', 'none'])
export type Verdict = z.infer<typeof Verdict>

/** An answer, and what is made of it. */
export const Reviewed = Classified.extend({
  picture: PictureId,
  verdict: Verdict,
  /** The class or group that it is filed by; null while it is in the tray, and for what is none. */
  answer: z.string().nullable(),
  top: z.array(Answer).meta({
    description:
      'The likeliest classes with the probabilities that the verdict was made of: calibrated by the temperature of classify.review where it promises something, else the network’s own; with bursts, what the photos of one that are no strangers said together',
  }),
  /** The first of `top`, as many as the promise needs: never empty for a photo that could be read. */
  set: z.array(Answer),
})
export type Reviewed = z.infer<typeof Reviewed>

/** What one promise costs, told by validation photos. */
export const PromisePoint = z.strictObject({
  promise: z.number(),
  /** Shares of the validation photos: in the tray; answered alone and wrong. */
  tray: z.number(),
  mistakes: z.number(),
  /** How often the right class was in the set. */
  coverage: z.number(),
})
export type PromisePoint = z.infer<typeof PromisePoint>

export const Review = z.strictObject({
  settings: ReviewSettings,
  counts: z.record(Verdict, z.int()),
  /** How many photos each class or group would be filed by. */
  answers: z.array(z.strictObject({ name: z.string(), photos: z.int() })),
  /** null where no validation photos are known: then `unsureBelow` decides. */
  promised: z
    .strictObject({
      photos: z.int(),
      /** What the promise may be in truth, for so few photos: 95% interval. */
      interval: z.tuple([z.number(), z.number()]),
      /** Too few photos for the promise to be relied on. */
      weak: z.boolean(),
      temperature: z.number(),
      curve: z.array(PromisePoint),
    })
    .nullable(),
})
export type Review = z.infer<typeof Review>

export const ClassificationSummary = z.strictObject({
  id: Id,
  name: z.string(),
  /** ISO 8601, UTC. */
  created: z.string(),
  model: ClassifyModel,
  /** The run's or the network's name when it began. */
  modelName: z.string(),
  mirrored: z.boolean(),
  classes: z.array(z.string()),
  total: z.int(),
  done: z.int(),
  failed: z.int(),
  seconds: z.number(),
  /** Whether all its photos are answered. */
  finished: z.boolean(),
  /** Folder whose new photos join it; null if none is watched. */
  watched: z.string().nullable(),
  /** Of photos whose folder is named like a class; null if there are none. */
  accuracy: Score.omit({ loss: true }).nullable(),
})
export type ClassificationSummary = z.infer<typeof ClassificationSummary>

const Classification = z.strictObject({ classification: Id })
const Right = Score.omit({ loss: true })
const Page = {
  from: z.int().nonnegative().default(0),
  limit: z.int().min(1).max(2000).default(500),
}

export const classifyCalls = {
  /**
   * Answers a few photos at once and keeps nothing. Without a model the default network answers: the newest run that has weights,
   * else the starter weights. @throws photo.* of none, weights.none, run.*, busy
   */
  classify: host(
    ClassifyHow.omit({ times: true }).extend({
      photos: z.array(FilePath).min(1).max(64),
      model: ClassifyModel.optional(),
    }),
    z.strictObject({ model: ClassifyModel, photos: z.array(Classified) }),
  ),
  /** Begins a classification that is kept: photos by path, folders stand for all photos in and below them. A job of kind `classify`. */
  'classify.begin': host(
    ClassifyHow.extend({
      paths: z.array(FilePath).min(1).max(20_000),
      model: ClassifyModel.optional(),
      name: z.string().trim().min(1).max(200).optional(),
      /** Photos that arrive in these folders later join it, until the job is cancelled. */
      watch: z.boolean().default(false),
      // What is kept is opened in the window too, whose switch for bursts needs them.
      times: ClassifyHow.shape.times.unwrap().default(true),
    }),
    z.strictObject({ job: Id, classification: Id, photos: z.int() }),
  ),
  /** Begins another classification of the same photos, so that two networks' answers can be compared. @throws not-found */
  'classify.again': host(
    Classification.extend({ model: ClassifyModel }),
    z.strictObject({ job: Id, classification: Id, photos: z.int() }),
  ),
  /** The network that answers where none is named. @throws weights.none */
  'classify.default': library(nothing, z.strictObject({ model: ClassifyModel, name: z.string() })),
  /** Newest first. */
  'classify.list': library(nothing, z.strictObject({ classifications: z.array(ClassificationSummary) })),
  'classify.get': library(Classification, ClassificationSummary),
  'classify.rename': library(
    Classification.extend({ name: z.string().trim().min(1).max(200) }),
    ClassificationSummary,
  ),
  /** Forgets it; photos stay where they are. */
  'classify.remove': library(Classification, nothing),
  /** Answers from number `from` on, of a classification under way too. `only`: those of these verdicts. @throws not-found */
  'classify.answers': library(
    Classification.extend({ ...Page, only: z.array(Verdict).optional() }),
    z.strictObject({ answers: z.array(Reviewed), next: z.int(), done: z.boolean() }),
  ),
  /** What would be filed and what is left to a person, by these settings, which are kept with it; by those that are kept if none are given. */
  'classify.review': library(Classification.extend({ settings: ReviewSettings.optional() }), Review),
  /** What a person says a photo shows: a class, null for none of them, 'undecided' to take it back. */
  'classify.decide': library(
    Classification.extend({
      decisions: z
        .array(z.strictObject({ index: z.int().nonnegative(), answer: z.string().max(300).nullable() }))
        .max(10_000),
      undecided: z.array(z.int().nonnegative()).max(10_000).default([]),
    }),
    nothing,
  ),
  /** How many photos of a classification each other one has too, those that have none left out. @throws not-found */
  'classify.shared': library(
    Classification,
    z.strictObject({ shared: z.array(z.strictObject({ classification: Id, photos: z.int() })) }),
  ),
  /** Two networks' answers on the photos that both answered. `differ`: where they say different things, at most `limit`. */
  'classify.compare': library(
    z.strictObject({ a: Id, b: Id, limit: z.int().min(1).max(2000).default(200) }),
    z.strictObject({
      photos: z.int(),
      same: z.int(),
      /** Of the photos whose folder is named like a class of both: how many each answers right; null if there are none. */
      right: z.strictObject({ a: Right, b: Right, onlyA: z.int(), onlyB: z.int() }).nullable(),
      differ: z.array(z.strictObject({ path: z.string(), picture: PictureId, a: Answer, b: Answer })),
    }),
  ),
  /** As a file on offer, to be fetched at `/download/<download>` or saved by `files.save`. */
  'classify.export': library(
    Classification.extend({ format: z.enum(['csv', 'json']).default('csv') }),
    Offered,
  ),
}
