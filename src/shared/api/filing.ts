import { Id, TypedPath, host, library, nothing } from './call.ts'
import { z } from 'zod'
import { PlainFailure } from './errors.ts'

/** `untag` takes keywords off again, whenever they were written: all that lie under the prefix. */
export const How = z.enum(['copy', 'move', 'link', 'keywords', 'untag'])
/** What is written into photos and leaves them where they are. */
export const isTagging = (how: How): boolean => how === 'keywords' || how === 'untag'
export type How = z.infer<typeof How>

/** What a photo gets whose name is taken: a number; nothing, it stays; the name, and what has it is set aside until the undo. */
export const ClashChoice = z.enum(['number', 'skip', 'replace'])
export type ClashChoice = z.infer<typeof ClashChoice>

/** A name that is taken already, by what, and what is made of it. */
export const Clash = z.strictObject({
  /** A file on the disk; another photo of the list; a name that differs only in case, or in how its accents are written. */
  kind: z.enum(['there', 'listed', 'case']),
  with: z.string(),
  choice: ClashChoice,
  /** Whether what has the name may be set aside: only a file of exactly this name, and none that is filed itself. */
  replaceable: z.boolean(),
})
export type Clash = z.infer<typeof Clash>

/** Why something was not done: code and parameters say it in any language. */
const Reason = PlainFailure.pick({ code: true, message: true, parameters: true })

export const ActState = z.enum(['planned', 'begun', 'done', 'failed', 'undoing', 'undone', 'kept'])

/** One act of a list, and what became of it. */
export const FilingAct = z.strictObject({
  /** Its place in the list. */
  number: z.int(),
  /** `set-aside`: a file that another photo's act replaces goes into Thaw's own folder, and comes back with the undo. */
  act: z.enum([...How.options, 'set-aside']),
  from: z.string(),
  to: z.string(),
  bytes: z.number(),
  /** Its name was taken, so it gets a number. */
  renamed: z.boolean(),
  clash: Clash.nullable(),
  keyword: z.array(z.string()).nullable(),
  /** What is stored beside it under these names, tags of a file manager say, and what the target's disk may not keep. */
  lost: z.array(z.string()),
  /** It is no photo but belongs to the one of the act before it (its XMP file, its clip), and goes and comes back with that. */
  sidecar: z.boolean(),
  state: ActState,
  /** Why it was given up, or cannot be undone. */
  reason: Reason.nullable(),
})
export type FilingAct = z.infer<typeof FilingAct>

/** A photo that stays where it is, and why. */
export const LeftPhoto = Reason.extend({ file: z.string(), clash: Clash.nullable() })
export type LeftPhoto = z.infer<typeof LeftPhoto>

export const FilingSummary = z.strictObject({
  id: Id,
  /** ISO 8601, UTC. */
  created: z.string(),
  how: How,
  target: z.string(),
  pattern: z.string(),
  /** Photos that it files, or would file. */
  acts: z.int(),
  /** Of these, those whose name was taken, and that get another. */
  renamed: z.int(),
  /** Files that are set aside because photos get their names. */
  replaced: z.int(),
  /** Files beside photos that belong to them and go along. */
  sidecars: z.int(),
  /** Photos that may lose what is stored beside them, since the target's disk may not keep it. */
  losing: z.int(),
  /** Photos that were filed and not taken back. */
  done: z.int(),
  left: z.int(),
  /** The folder of photos that the target lies in: there they are found again when it is classified once more. */
  inside: z.string().nullable(),
  /** Bytes that it takes on the target's disk, and that were free there when the list was made. */
  needs: z.number(),
  free: z.number(),
  /** The dataset whose labels it writes to folders. */
  dataset: Id.optional(),
  /**
   * Its list cannot be read any more, so it does not go on: the rest tells what its journal knows, and that can be taken back. A journal
   * of an older version knows nothing of it.
   */
  damaged: z.boolean(),
})
export type FilingSummary = z.infer<typeof FilingSummary>

const Filing = z.strictObject({ filing: Id })

export const filingCalls = {
  /**
   * Makes the list of everything that filing a classification's photos would do, and does none of it. Photos in the tray, and those
   * that are none of the classes, stay where they are. @throws filing.nothing, filing.pattern-*, filing.own-folder, path.relative, output.unwritable
   */
  'filing.plan': library(
    z.strictObject({
      classification: Id,
      how: How.default('copy'),
      /** `decided`: those alone that a person has answered; `labelled`: of these, those with a class, no group, to learn from. */
      only: z.enum(['answered', 'decided', 'labelled']).default('answered'),
      /** Not used where photos stay. */
      target: TypedPath.optional(),
      pattern: z.string().min(1).max(500).default('{class}/{name}'),
      /** What a name that is taken gets: a number, or the photo stays. */
      clash: ClashChoice.exclude(['replace']).default('number'),
      /** Photos for which a person has decided otherwise, by path. Nothing is replaced but by this. */
      choices: z.record(z.string(), ClashChoice).default({}),
      /** What all keywords lie under; empty: nothing. What is taken off has to lie under one. */
      prefix: z.string().max(100).default('Thaw'),
      /** What ImageNet's classes are called in folders and keywords; a person's own have one name. */
      language: z.enum(['en', 'ko']).default('en'),
    }),
    FilingSummary,
  ),
  /**
   * Makes the list of all moves that bring a dataset's photos into the folders of their classes, and of their parts where the folder has
   * such; what is in place already is not on it. @throws filing.nothing, filing.listed, output.unwritable
   */
  'filing.planFolders': library(z.strictObject({ dataset: Id }), FilingSummary),
  /**
   * Makes the list of everything that exporting a dataset as PART/CLASS/photo would write; nothing that is there is replaced.
   * @throws filing.nothing, path.relative, filing.own-folder, export.inside-dataset, output.unwritable
   */
  'filing.planExport': library(
    z.strictObject({ dataset: Id, how: z.enum(['copy', 'link']), target: TypedPath }),
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
  /** Carries out a list that was made, as a job of kind `file`; one that was stopped goes on. @throws filing.missing, filing.damaged */
  'filing.file': host(Filing, z.strictObject({ job: Id })),
  /** Takes acts back, all or those of these numbers, as a job of kind `undo`. @throws filing.missing */
  'filing.undo': host(Filing.extend({ acts: z.array(z.int()).optional() }), z.strictObject({ job: Id })),
}
