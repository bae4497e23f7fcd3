import { FilePath, Id, Received, library, nothing } from './call.ts'
import { z } from 'zod'
import { PlainFailure } from './errors.ts'
import { Preparation } from '../preparation.ts'

/** A weight file at hand. */
export const WeightsEntry = z.strictObject({
  id: Id,
  source: z.enum(['starter', 'downloaded', 'own']),
  file: z.string(),
  bytes: z.int(),
  /** The network it fits; null if none of ours. */
  network: z.string().nullable(),
  /** How many classes its last layer has; null if unknown. */
  classes: z.int().nullable(),
  origin: z.string().nullable(),
  licence: z.string().nullable(),
  /** How photos are prepared for it. */
  preparation: Preparation,
  /** Whether the file is there now. */
  present: z.boolean(),
})
export type WeightsEntry = z.infer<typeof WeightsEntry>

/** Weights that can be fetched on a click. */
export const WeightsOffer = z.strictObject({
  network: z.string(),
  url: z.string(),
  bytes: z.int(),
  /** Bytes that have arrived already. */
  received: z.int(),
  origin: z.string(),
  licence: z.string(),
})
export type WeightsOffer = z.infer<typeof WeightsOffer>

const Shape = z.array(z.int())

/** The network that a file comes nearest to, and all that keeps it from fitting. */
export const FileFit = z.strictObject({
  network: z.string(),
  missing: z.array(z.string()),
  unexpected: z.array(z.string()),
  misshapen: z.array(z.strictObject({ name: z.string(), found: Shape, expected: Shape })),
  /** Only the last layer differs: with a new one it fits. */
  onlyHead: z.boolean(),
  /** What its last layer tells apart; null where it has none that fits but for the number of classes. */
  classes: z.int().nullable(),
})
export type FileFit = z.infer<typeof FileFit>

/** What a tensor's values look like; numbers are of the finite ones alone. */
export const TensorStatistics = z.strictObject({
  count: z.int(),
  notFinite: z.int(),
  zeros: z.int(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  deviation: z.number(),
  /** How many values lie in each of equally wide pieces from `min` to `max`. */
  histogram: z.array(z.int()),
})
export type TensorStatistics = z.infer<typeof TensorStatistics>

/** Two weight files side by side, tensor by tensor. */
export const WeightDifference = z.strictObject({
  /** Those that moved most first. `relative`: ‖b − a‖ / ‖a‖; null where no number tells. */
  changed: z.array(
    z.strictObject({
      name: z.string(),
      relative: z.number().nullable(),
      largest: z.number().nullable(),
      values: z.int(),
      count: z.int(),
    }),
  ),
  /** Layers of which something changed, those that moved most first: the same, over all tensors of a layer. */
  layers: z.array(z.strictObject({ name: z.string(), relative: z.number().nullable(), changed: z.int() })),
  same: z.int(),
  onlyA: z.array(z.string()),
  onlyB: z.array(z.string()),
  misshapen: z.array(z.strictObject({ name: z.string(), a: Shape, b: Shape })),
})
export type WeightDifference = z.infer<typeof WeightDifference>

const Inspected = z.strictObject({
  file: z.string(),
  format: z.string(),
  variant: z.string().optional(),
  sha256: z.string(),
  tensors: z.array(
    z.strictObject({
      name: z.string(),
      /** What the network that it is nearest to calls it; null where that has no place for it. */
      ours: z.string().nullable(),
      shape: z.array(z.int()),
      dtype: z.string(),
      bytes: z.int(),
    }),
  ),
  metadata: z.record(z.string(), z.string()),
  warnings: z.array(PlainFailure),
  /** null: it is near no network here. */
  fit: FileFit.nullable(),
})

export const modelCalls = {
  /** The networks themselves are in src/shared/model/registry.ts; this is what the machine has for them. */
  'models.list': library(
    nothing,
    z.strictObject({ weights: z.array(WeightsEntry), offers: z.array(WeightsOffer) }),
  ),
  /** Goes on where it was interrupted. @throws download.failed, weights.checksum, cancelled, disk.full */
  'models.download': library(z.strictObject({ network: z.string().max(100) }), WeightsEntry, Received),
  /** @throws weights.* */
  'models.addFile': library(z.strictObject({ file: FilePath }), WeightsEntry),
  /** Puts a file that lies in the data folder into the trash; forgets any other, which stays where it is. */
  'models.remove': library(z.strictObject({ id: Id }), nothing),
  /** Takes `models.remove` back: until the trash is emptied, and for a person's own file until Thaw ends. @throws weights.missing */
  'models.restore': library(z.strictObject({ id: Id }), nothing),
  /** What is known here of networks and files: photos a second by network, and the runs that began with each weight file. */
  'models.about': library(
    nothing,
    z.strictObject({
      speeds: z.record(z.string(), z.number()),
      uses: z.array(
        z.strictObject({
          file: z.string(),
          runs: z.array(z.strictObject({ run: Id, name: z.string() })),
        }),
      ),
    }),
  ),
  /** A look at one tensor's values. @throws weights.*, not-found */
  'models.tensor': library(
    z.strictObject({ file: FilePath, tensor: z.string().max(1000) }),
    TensorStatistics,
  ),
  /** Can be cancelled. @throws weights.*, cancelled */
  'models.compare': library(z.strictObject({ a: FilePath, b: FilePath }), WeightDifference),
  /** @throws weights.* */
  'models.inspect': library(z.strictObject({ file: FilePath }), Inspected),
}
