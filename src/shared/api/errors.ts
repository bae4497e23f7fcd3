import './call.ts'
import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import { errorTexts } from '../errors.ts'

/** The plain form of a ThawError, as frames carry it. */
export const PlainFailure = z.strictObject({
  code: z.enum(Object.keys(errorTexts) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  advice: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
})

/** What is wrong with a machine, or could be better, in English; code and parameters say the same in any language. */
export const Problem = z.strictObject({
  code: PlainFailure.shape.code,
  what: z.string(),
  advice: z.string(),
  parameters: PlainFailure.shape.parameters,
})
export type Problem = z.infer<typeof Problem>
