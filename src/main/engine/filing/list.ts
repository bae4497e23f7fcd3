/** The list of a filing, as it is kept: what is done to which photo, and what stays. */
import { z } from 'zod'
import { Clash, How } from '../../../shared/api/filing.ts'
import type { ThawError } from '../../../shared/errors.ts'
import { plainError } from '../../../shared/errors.ts'

/** What is done to one photo, or to a file whose name a photo gets. */
export const Act = z.strictObject({
  act: z.enum([...How.options, 'set-aside']),
  from: z.string(),
  /** Where it will be; for keywords the file that they are written into. */
  to: z.string(),
  /** Of the photo when the list was made: if they differ later, the act is not done. */
  bytes: z.number(),
  modified: z.number(),
  /** Its name was taken, so it gets a number. */
  renamed: z.boolean(),
  /** The name that it should have had was taken. */
  clash: Clash.optional(),
  /** For keywords: what is added, or what all that is taken off lies under. */
  keyword: z.array(z.string()).optional(),
  /** What is stored beside it that the target's disk may not keep. */
  lost: z.array(z.string()).optional(),
  /** It is no photo but belongs to the one of the act before it (`Companions`), and goes where that goes. */
  sidecar: z.literal(true).optional(),
})
export type Act = z.infer<typeof Act>

/** Whether it files a photo. Setting a file aside is a part of the act behind it, a sidecar of the one before. */
export const filesPhoto = ({ act, sidecar }: Pick<Act, 'act' | 'sidecar'>): boolean =>
  act !== 'set-aside' && sidecar !== true

/** Why something was not done, in words, and what says it in any language; older lists have the words only. */
const Reason = z.strictObject({
  code: z.string(),
  message: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
})
export type Reason = z.infer<typeof Reason>

export const reasonOf = (error: ThawError): Reason => {
  const { code, message, parameters } = plainError(error)
  return { code, message, parameters }
}

/** Everything that a filing would do, made before anything is done. */
export const FilingPlan = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  /** ISO 8601, UTC. */
  created: z.string(),
  how: How,
  target: z.string(),
  pattern: z.string(),
  acts: z.array(Act),
  /** Photos that stay where they are, and why. */
  left: z.array(Reason.extend({ file: z.string(), clash: Clash.optional() })),
  /** Bytes that it takes on the target's disk, and that were free there. */
  needs: z.number(),
  free: z.number(),
  /** The folder of photos that the target lies in, if it does. */
  inside: z.string().nullable().default(null),
  /** The dataset whose labels it writes to folders; it follows its photos. */
  dataset: z.string().optional(),
})
export type FilingPlan = z.infer<typeof FilingPlan>
