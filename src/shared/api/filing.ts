import { FilePath, Id, host, library, nothing } from './call.ts'
import { z } from 'zod'

export const How = z.enum(['copy', 'move', 'link', 'keywords'])
export type How = z.infer<typeof How>

export const ActState = z.enum(['planned', 'begun', 'done', 'failed', 'undoing', 'undone', 'kept'])

/** One act of a list, and what became of it. */
export const FilingAct = z.strictObject({
  /** Its place in the list. */
  number: z.int(),
  act: How,
  from: z.string(),
  to: z.string(),
  bytes: z.number(),
  /** Its name was taken, so it gets a number. */
  renamed: z.boolean(),
  keyword: z.array(z.string()).nullable(),
  state: ActState,
  /** Why it was given up, or cannot be undone. */
  reason: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
})
export type FilingAct = z.infer<typeof FilingAct>

/** A photo that stays where it is, and why. */
export const LeftPhoto = z.strictObject({ file: z.string(), code: z.string(), message: z.string() })
export type LeftPhoto = z.infer<typeof LeftPhoto>

export const FilingSummary = z.strictObject({
  id: Id,
  /** ISO 8601, UTC. */
  created: z.string(),
  how: How,
  target: z.string(),
  pattern: z.string(),
  acts: z.int(),
  /** Acts whose name was taken. */
  renamed: z.int(),
  /** Acts that were done and not taken back. */
  done: z.int(),
  left: z.int(),
  /** Bytes that it takes on the target's disk, and that were free there when the list was made. */
  needs: z.number(),
  free: z.number(),
})
export type FilingSummary = z.infer<typeof FilingSummary>

const Filing = z.strictObject({ filing: Id })

export const filingCalls = {
  /**
   * Makes the list of everything that filing a classification's photos would do, and does none of it. Photos in the tray, and those
   * that are none of the classes, stay where they are. @throws filing.nothing, filing.pattern-*, output.unwritable
   */
  'filing.plan': library(
    z.strictObject({
      classification: Id,
      how: How.default('copy'),
      /** `decided`: those alone that a person has answered. */
      only: z.enum(['answered', 'decided']).default('answered'),
      /** Not used for keywords. */
      target: FilePath.optional(),
      pattern: z.string().min(1).max(500).default('{class}/{name}'),
      /** What a name that is taken gets: a number, or the photo stays. */
      clash: z.enum(['number', 'skip']).default('number'),
      /** What all keywords lie under; empty: nothing. */
      prefix: z.string().max(100).default('Thaw'),
    }),
    FilingSummary,
  ),
  /** Newest first, lists that were never carried out among them. */
  'filing.list': library(nothing, z.strictObject({ filings: z.array(FilingSummary) })),
  'filing.get': library(Filing, FilingSummary),
  /** `clashes`: whose name was taken. @throws filing.missing */
  'filing.acts': library(
    Filing.extend({
      only: z.enum(['all', 'clashes', 'done', 'failed']).default('all'),
      offset: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
    z.strictObject({ total: z.int(), acts: z.array(FilingAct) }),
  ),
  'filing.left': library(
    Filing.extend({
      offset: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
    z.strictObject({ total: z.int(), left: z.array(LeftPhoto) }),
  ),
  /** Carries out a list that was made, as a job of kind `file`; one that was stopped goes on. @throws filing.missing */
  'filing.file': host(Filing, z.strictObject({ job: Id })),
  /** Takes acts back, all or those of these numbers, as a job of kind `undo`. @throws filing.missing */
  'filing.undo': host(Filing.extend({ acts: z.array(z.int()).optional() }), z.strictObject({ job: Id })),
}
