import '../jitless.ts'
import { z } from 'zod'

/** Which process answers: the two children, or the process that starts them. Relays are derived from it. */
export type Owner = 'library' | 'trainer' | 'host'

/** One call: what goes in, what comes back, and what comes meanwhile. */
export interface Call<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  P extends z.ZodType = z.ZodType,
  W extends Owner = Owner,
> {
  owner: W
  input: I
  output: O
  /** Of progress only the latest matters, unless `gathers`: then items are lists, and none is lost. */
  progress: P
  gathers: boolean
}

export type Calls = Readonly<Record<string, Call>>

/** For calls that take or give nothing. */
export const nothing = z.strictObject({})

interface Callers<W extends Owner> {
  <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Call<I, O, z.ZodNever, W>
  <I extends z.ZodType, O extends z.ZodType, P extends z.ZodType>(
    input: I,
    output: O,
    progress: P,
  ): Call<I, O, P, W>
}

const by = <W extends Owner>(owner: W): Callers<W> =>
  ((input: z.ZodType, output: z.ZodType, progress: z.ZodType = z.never()): Call => ({
    owner,
    input,
    output,
    progress,
    gathers: progress instanceof z.ZodArray,
  })) as Callers<W>

export const library = by('library')
export const trainer = by('trainer')
export const host = by('host')

/** Ids of datasets, runs, selections and files on offer. */
export const Id = z.string().regex(/^[\w-][\w.-]{0,99}$/)

/** A path as a person types it, which may be a relative one. */
export const TypedPath = z
  .string()
  .min(1)
  .max(4096)
  .refine((it) => !it.includes('\0'), 'no path holds a zero character')

/** An absolute path on the disk of the machine that computes: of Unix, with a drive's letter, or of a share. */
export const FilePath = TypedPath.regex(/^(\/|[A-Za-z]:[\\/]|\\\\)/, 'not an absolute path')

/** What `/thumb/<id>` shows. Opaque: it tells nothing of a path. */
export const PictureId = z.string().regex(/^[\w-][\w.-]{0,159}$/)

export const Counted = z.strictObject({ done: z.int().nonnegative(), total: z.int().nonnegative() })

/** `total` is missing if nobody knows it yet. */
export const Received = z.strictObject({ received: z.int().nonnegative(), total: z.int().optional() })

/** A file that the engine made, in its own folder: where it goes is not the page's to say. */
export const Offered = z.strictObject({ download: Id, bytes: z.int().nonnegative() })
