import { FilePath, Id, Received, library, nothing } from './call.ts'
import { z } from 'zod'
import { PlainFailure } from './errors.ts'

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

const Inspected = z.strictObject({
  file: z.string(),
  format: z.string(),
  variant: z.string().optional(),
  tensors: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.int()), dtype: z.string(), bytes: z.int() }),
  ),
  metadata: z.record(z.string(), z.string()),
  warnings: z.array(PlainFailure),
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
  /** Deletes a downloaded file; forgets one of the person's own, which stays where it is. */
  'models.remove': library(z.strictObject({ id: Id }), nothing),
  /** @throws weights.* */
  'models.inspect': library(z.strictObject({ file: FilePath }), Inspected),
}
