import { z } from 'zod'
import { Finding } from '../findings.ts'
import { FeaturesBy } from './features.ts'
import { Id, PictureId, library, nothing } from './call.ts'

/** A finding that is kept; its id says what it is about, so that it is the same after another check. */
export const KeptFinding = Finding.extend({
  id: Id,
  dismissed: z.boolean(),
  /** Of each photo; null for one that is gone or cannot be read. */
  pictures: z.array(PictureId.nullable()),
})
export type KeptFinding = z.infer<typeof KeptFinding>

export const findingCalls = {
  /**
   * What the last check of a dataset found (a job of the kind `check`); `checked`: when, ISO 8601, null if never; `by`: whose features,
   * null where that was not written down.
   */
  'findings.get': library(
    z.strictObject({ dataset: Id }),
    z.strictObject({
      checked: z.string().nullable(),
      by: FeaturesBy.nullable(),
      findings: z.array(KeptFinding),
    }),
  ),
  /** Those that a person dismissed stay so, whatever is checked again; or takes that back. */
  'findings.dismiss': library(
    z.strictObject({ dataset: Id, findings: z.array(Id).max(100_000), dismissed: z.boolean() }),
    nothing,
  ),
}
