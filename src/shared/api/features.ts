/** Whose features rooms stand on: the network that looks at a dataset's photos, and what that costs. */
import { z } from 'zod'
import { Id, library, nothing, trainer } from './call.ts'
import { ClassifyModel } from './classify.ts'

/** The network that looks at photos where a person chose none. */
export const starterModel = {
  backbone: 'efficientnet-lite0',
  weights: null,
  labels: null,
} as const satisfies ClassifyModel

/** By whose features something was made. `backbone`: the architecture, which says something even where the run or file is gone. */
export const FeaturesBy = z.strictObject({ model: ClassifyModel, backbone: z.string() })
export type FeaturesBy = z.infer<typeof FeaturesBy>

/** What a network has to do before it has looked at all photos of a dataset. */
export const FeatureCost = z.strictObject({
  photos: z.int(),
  /** Photos whose features are kept: they cost nothing. */
  kept: z.int(),
  /** What the network did here when it was measured; null if it never was. */
  photosPerSecond: z.number().nullable(),
})
export type FeatureCost = z.infer<typeof FeatureCost>

export const featureCalls = {
  /** The network that a person chose to look at a dataset's photos; null if none. */
  'features.chosen': library(
    z.strictObject({ dataset: Id }),
    z.strictObject({ model: ClassifyModel.nullable() }),
  ),
  'features.choose': library(z.strictObject({ dataset: Id, model: ClassifyModel }), nothing),
  /** Nothing is computed for it. @throws ThawError not-found, run.*, weights.*, backend.none */
  'features.cost': trainer(z.strictObject({ dataset: Id, model: ClassifyModel }), FeatureCost),
}
