/** What a person decides about photos: the acts, and how each says in words what it did. */
import './jitless.ts'
import { z } from 'zod'
import { PhotoBox, Split } from './dataset.ts'

const ClassName = z.string().trim().min(1).max(200)

/** An act on photos that are named beside it. */
export const PhotoAct = z.discriminatedUnion('type', [
  /** A set, used with at most one today; none takes the label off. */
  z.strictObject({ type: z.literal('label'), classes: z.array(ClassName).max(1) }),
  z.strictObject({ type: z.literal('leaveOut'), out: z.boolean() }),
  z.strictObject({ type: z.literal('part'), part: Split }),
  z.strictObject({ type: z.literal('crop'), box: PhotoBox.nullable() }),
  /** A crop for each photo, in their order. */
  z.strictObject({ type: z.literal('cropEach'), boxes: z.array(PhotoBox) }),
  /** A label for each photo, in their order; null takes it off. */
  z.strictObject({ type: z.literal('labelEach'), classes: z.array(ClassName.nullable()) }),
  /** A part for each photo, in their order: a split that was drawn. */
  z.strictObject({ type: z.literal('partEach'), parts: z.array(Split) }),
])

/** What makes photos one capture group, which no drawn split parts. */
export const GroupRules = z.strictObject({
  /** Longest gap between two photos of a burst; 0: bursts do not count. */
  burstSeconds: z.number().min(0).max(86_400).default(10),
  nearDuplicates: z.boolean().default(true),
  /** Photos that share so many folders from the top; null: folders do not count. */
  folderLevel: z.int().min(1).max(20).nullable().default(null),
  day: z.boolean().default(false),
  camera: z.boolean().default(false),
  /** A regular expression on the file's name: photos with the same first group, or match, belong together. */
  pattern: z.string().min(1).max(200).nullable().default(null),
})
export type GroupRules = z.infer<typeof GroupRules>

/** Whether a rule's pattern is a regular expression; the schema takes any text, since journals may hold one that is none. */
export function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text, 'u'))
  } catch {
    return false
  }
}

/** An act that names no photos. */
export const WholeAct = z.discriminatedUnion('type', [
  /** The class is called otherwise from now on; where `to` is a class already, the two become one. */
  z.strictObject({ type: z.literal('rename'), from: ClassName, to: ClassName }),
  z.strictObject({ type: z.literal('groups'), rules: GroupRules }),
  /** A further folder, list or archive belongs to the dataset, or no longer does. Its photos come or go with the next scan. */
  z.strictObject({ type: z.literal('addSource'), source: z.string().min(1).max(4096) }),
  z.strictObject({ type: z.literal('removeSource'), source: z.string().min(1).max(4096) }),
  /** Everything as it was after this entry of the journal; 0: before the first. */
  z.strictObject({ type: z.literal('restore'), entry: z.int().nonnegative() }),
])

/** The person's photos lie elsewhere: `to` has the new path of each. `filing`: what moved them; empty: somebody else. */
export const MovedAct = z.strictObject({
  type: z.literal('moved'),
  filing: z.string(),
  to: z.array(z.string()),
  /** What each was labelled: it stays so, whatever the new folder is called. */
  labels: z.array(ClassName.nullable()).optional(),
  /** What its former folder said: what holds again where a state before is restored. */
  folders: z.array(ClassName.nullable()).optional(),
  /** Its part, where the folder does not decide it: other folders would have another split drawn. */
  parts: z.array(Split).optional(),
})

export const Act = z.union([PhotoAct, WholeAct, MovedAct])
export type Act = z.infer<typeof Act>

/** What an act did, for words in any language. */
export const ActSummary = z.strictObject({
  code: z.enum([
    'labelled',
    'relabelled',
    'unlabelled',
    'labelledEach',
    'leftOut',
    'takenBack',
    'parted',
    'partedTogether',
    'splitDrawn',
    'cropped',
    'uncropped',
    'renamed',
    'merged',
    'restored',
    'grouped',
    'moved',
    'sourceAdded',
    'sourceRemoved',
  ]),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type ActSummary = z.infer<typeof ActSummary>

/** One line of the history. */
export const HistoryItem = z.strictObject({
  /** Number of the journal's entry. */
  entry: z.int().positive(),
  /** ISO 8601, UTC. */
  at: z.string(),
  summary: ActSummary,
  photos: z.int().nonnegative(),
  /** Whether it holds now, or was undone. */
  holds: z.boolean(),
})
export type HistoryItem = z.infer<typeof HistoryItem>
