/** What a person keeps about runs beside their folders, and the room that runs take. */
import { z } from 'zod'
import { RunSummary } from '../run.ts'
import { Id, library, nothing } from './call.ts'

/** How many tags a run has at most. */
export const mostTags = 20

const Tag = z.string().trim().min(1).max(40)

/** A person's own remarks on a run. */
export const RunMark = z.strictObject({
  star: z.boolean().default(false),
  tags: z.array(Tag).max(mostTags).default([]),
  note: z.string().max(5000).default(''),
  /** Out of the usual list, and untouched on the disk. */
  archived: z.boolean().default(false),
})
export type RunMark = z.infer<typeof RunMark>

/** Columns of the list of runs besides the name. */
export const runColumns = [
  'state',
  'network',
  'photos',
  'plan',
  'accuracy',
  'curve',
  'epochs',
  'duration',
  'size',
  'when',
  'tags',
] as const
export const RunColumn = z.enum(runColumns)
export type RunColumn = z.infer<typeof RunColumn>

export const RunMarks = z.strictObject({
  marks: z.record(Id, RunMark).default({}),
  /** All but tags, which most people do not give. */
  columns: z.array(RunColumn).default(runColumns.filter((it) => it !== 'tags')),
})
export type RunMarks = z.infer<typeof RunMarks>

const MarkChange = z.strictObject({
  star: z.boolean().optional(),
  tags: z.array(Tag).max(mostTags).optional(),
  note: z.string().max(5000).optional(),
  archived: z.boolean().optional(),
})

const Bytes = z.int().nonnegative()

/** In order. What files of several epochs are the same counts for the first of them. */
const KeptEpochs = z.array(z.strictObject({ epoch: z.int(), bytes: Bytes }))
export type KeptEpochs = z.infer<typeof KeptEpochs>

export const runMarkCalls = {
  'runs.marks': library(nothing, RunMarks),
  /** Changes what is given, for all these runs. @throws disk.full, output.unwritable */
  'runs.mark': library(
    z.strictObject({
      runs: z.array(Id).min(1).max(1000),
      change: MarkChange,
    }),
    RunMarks,
  ),
  /** The same with a change of its own for each run: all of them or none. @throws disk.full, output.unwritable */
  'runs.markEach': library(z.strictObject({ changes: z.record(Id, MarkChange) }), RunMarks),
  'runs.columns': library(z.strictObject({ columns: z.array(RunColumn) }), RunMarks),
  /** What lies in the trash, newest first. */
  'runs.trashed': library(nothing, z.strictObject({ runs: z.array(RunSummary) })),
  /** The epochs that a run can be forked at. */
  'runs.kept': library(z.strictObject({ run: Id }), z.strictObject({ epochs: KeptEpochs })),
  /** Bytes of all runs, of what of it are checkpoints to fork from, and of the trash. */
  'runs.disk': library(nothing, z.strictObject({ runs: Bytes, kept: Bytes, trash: Bytes })),
  /**
   * Empties the trash, or forgets the checkpoints of runs that are not being trained. Neither can be undone.
   * @returns bytes that were freed
   */
  'runs.cleanUp': library(
    z.strictObject({ what: z.enum(['trash', 'kept']) }),
    z.strictObject({ freed: Bytes }),
  ),
}
