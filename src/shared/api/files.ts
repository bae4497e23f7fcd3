import { FilePath, Id, PictureId, TypedPath, host, library, nothing } from './call.ts'
import { z } from 'zod'

/** `sources`: lists of photos and archives of them, which may be datasets as folders may. */
export const FileKind = z.enum(['folder', 'sources', 'photos', 'weights', 'labels'])
export type FileKind = z.infer<typeof FileKind>

const Place = z.strictObject({ name: z.string(), path: z.string() })

/** One folder of the disk that Thaw runs on, for the picker of serve mode. */
export const Listing = z.strictObject({
  path: z.string(),
  parent: z.string().nullable(),
  /** Home, disks, the last folders that were used. */
  roots: z.array(Place),
  /** Without hidden ones, sorted. */
  folders: z.array(Place),
  /** Of the kind that is asked for, sorted. */
  files: z.array(Place.extend({ bytes: z.int() })),
  /** How many files here are named like photos. */
  photos: z.int(),
})
export type Listing = z.infer<typeof Listing>

/** Photos that were dropped, pasted or picked to be classified. */
export const Selection = z.strictObject({
  selection: Id,
  total: z.int(),
  photos: z.array(z.strictObject({ index: z.int(), path: z.string(), name: z.string(), picture: PictureId })),
})
export type Selection = z.infer<typeof Selection>

/** What can be shown in the file manager: never a path, so that a page cannot have any other opened. */
export const Revealed = z.union([
  z.strictObject({ run: Id }),
  z.strictObject({ dataset: Id }),
  /** A dataset's photo, or a chosen one. */
  z.strictObject({ picture: PictureId }),
  /** What was saved last. */
  z.strictObject({ grant: Id }),
])
export type Revealed = z.infer<typeof Revealed>

export const fileCalls = {
  /** null: where to begin. What is typed without a root is looked for there. @throws dataset.missing */
  'files.browse': library(
    z.strictObject({ path: TypedPath.nullable(), kind: FileKind.default('folder') }),
    Listing,
  ),
  /**
   * The system's own dialog. Empty if the person chose nothing. Only in the app; in serve mode `refused`: there
   * `files.browse` and the window's own picker take its place.
   */
  'files.pick': host(z.strictObject({ kind: FileKind }), z.strictObject({ paths: z.array(z.string()) })),
  /**
   * Where to save: the place stays with the host, which grants writing there once, until the next dialog. null if the person
   * thought better of it. Only in the app, as above.
   */
  'files.pickSave': host(
    z.strictObject({ name: z.string().min(1).max(200) }),
    z.strictObject({ grant: Id.nullable() }),
  ),
  /** Writes a file on offer to the place that was granted. Only in the app. @throws not-found, refused, disk.full, … */
  'files.save': host(z.strictObject({ grant: Id, download: Id }), nothing),
  /**
   * Writes a dataset as a CSV list to the place that was granted, instead of what is there: its paths are told from there. Only in the app.
   * @throws not-found, refused, disk.full, output.unwritable
   */
  'files.saveList': host(z.strictObject({ grant: Id, dataset: Id }), z.strictObject({ photos: z.int() })),
  /** Lets the person's own file manager show something of ours. Only in the app; in serve mode `refused`. */
  'files.reveal': host(Revealed, nothing),
  /**
   * Photos by path; folders stand for all photos in and below them. Gives the first `limit`, further ones come with
   * `selections.photos`. @throws photo.missing, dataset.no-photos
   */
  'selections.make': library(
    z.strictObject({
      paths: z.array(FilePath).max(20_000).default([]),
      /** The photos of this classification as well. */
      classification: Id.optional(),
      limit: z.int().min(0).max(500).default(100),
      /** Folders may be empty still. */
      orNone: z.boolean().default(false),
    }),
    Selection,
  ),
  'selections.photos': library(
    z.strictObject({ selection: Id, offset: z.int().min(0), limit: z.int().min(1).max(500) }),
    Selection,
  ),
}
