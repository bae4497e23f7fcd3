import { Counted, Id, trainer } from './call.ts'
import { z } from 'zod'
import { ClassifyModel } from './classify.ts'
import { FeaturesBy } from './features.ts'

/** What photos without a label seem to be. */
export const Suggested = z.strictObject({
  classes: z.array(z.string()),
  by: FeaturesBy,
  /** Labels that are still needed before anything can be learnt; then there are no suggestions. */
  missing: z.array(z.strictObject({ class: z.string(), labels: z.int() })),
  /** The surest first. `class` is an index into `classes`. */
  suggestions: z.array(z.strictObject({ path: z.string(), class: z.int(), probability: z.number() })),
  /** Of labelled photos that were asked without having been learnt from; total 0: none was asked. */
  correct: z.int(),
  total: z.int(),
})
export type Suggested = z.infer<typeof Suggested>

export const suggestCalls = {
  /**
   * Learns from the labels that are there and says what the other photos seem to be. The first time the features of all photos are
   * computed and kept; after that it takes a moment. @throws ThawError not-found, weights.*, backend.none, cancelled
   */
  'photos.suggest': trainer(z.strictObject({ dataset: Id, model: ClassifyModel }), Suggested, Counted),
}
