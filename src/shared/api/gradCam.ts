import { PhotoBox } from '../dataset.ts'
import { z } from 'zod'
import { trainer, TypedPath } from './call.ts'
import { ClassifyModel } from './classify.ts'

export const GradCamInput = z.strictObject({
  model: ClassifyModel,
  /** Absolute, or below the folder of the run's photos. */
  photo: TypedPath,
  /** Full name of a layer; by default the last one that has places. */
  layer: z.string().max(200).optional(),
  /** Index of the class that it is about; by default the one that is answered. */
  class: z.int().nonnegative().optional(),
})

/** What each place of a photo spoke for one class, to be laid over the upright original. */
export const GradCamMap = z.strictObject({
  layer: z.string(),
  /** All layers that can be asked about, in their order; the last is the usual one. */
  layers: z.array(z.string()),
  /** Index among `classes`. */
  class: z.int(),
  /** The likeliest answers, as classifying gives them. */
  top: z.array(z.strictObject({ index: z.int(), class: z.string(), probability: z.number() })),
  width: z.int(),
  height: z.int(),
  /** Row-major [height, width], from 0 up, not scaled. */
  values: z.array(z.number()),
  /** The upright photo's size, and the part of it that the network saw: it reaches beyond where black was added. */
  photo: z.strictObject({ width: z.int(), height: z.int() }),
  frame: PhotoBox,
})
export type GradCamMap = z.infer<typeof GradCamMap>

export const gradCamCalls = {
  /** Grad-CAM of one photo. @throws ThawError photo.*, run.*, weights.*, not-found for a layer or class, backend.none, cancelled */
  gradCam: trainer(GradCamInput, GradCamMap),
}
