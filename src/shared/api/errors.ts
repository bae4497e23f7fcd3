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
