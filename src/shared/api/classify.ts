import { FilePath, Id, Offered, library, trainer } from './call.ts'
import { z } from 'zod'
import { PlainFailure } from './errors.ts'

/** Which network answers: that of a run, or a published one. */
export const ClassifyModel = z.union([
  z.strictObject({ run: Id }),
  z.strictObject({
    backbone: z.string().max(100),
    weights: FilePath.nullable().default(null),
    labels: FilePath.nullable().default(null),
  }),
])
export type ClassifyModel = z.infer<typeof ClassifyModel>

export const Answer = z.strictObject({ index: z.int(), class: z.string(), probability: z.number() })
export type Answer = z.infer<typeof Answer>

/** `index` is the photo's place in the selection. A photo that cannot be read has an error instead of answers. */
export const Classified = z.strictObject({
  index: z.int(),
  path: z.string(),
  top: z.array(Answer),
  error: PlainFailure.nullable(),
})
export type Classified = z.infer<typeof Classified>

export const classifyCalls = {
  /** Answers come as they are found, in the selection's order; together they are kept under `result`. @throws busy, … */
  'classify.start': trainer(
    z.strictObject({ selection: Id, model: ClassifyModel, top: z.int().min(1).max(100).default(5) }),
    z.strictObject({ result: Id, photos: z.int(), failed: z.int(), seconds: z.number() }),
    z.array(Classified),
  ),
  /** Answers of a classification, of one under way too: those from number `from` on. @throws not-found */
  'classify.answers': library(
    z.strictObject({
      result: Id,
      from: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(2000).default(500),
    }),
    z.strictObject({ answers: z.array(Classified), next: z.int(), done: z.boolean() }),
  ),
  /** As a table on offer, to be fetched at `/download/<download>` or saved by `files.save`. */
  'classify.export': library(z.strictObject({ result: Id }), Offered),
}
