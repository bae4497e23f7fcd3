import { z } from 'zod'

export const Split = z.enum(['train', 'val'])
export type Split = z.infer<typeof Split>

/** One readable photo of a dataset. */
export const Photo = z.strictObject({
  /** Path below the dataset's folder, with `/` on every system. */
  path: z.string(),
  /** Index into the dataset's `classes`. */
  class: z.int().nonnegative(),
  split: Split,
  /** Size of the file, bytes. */
  bytes: z.int().nonnegative(),
  /** Time of its last change, milliseconds since 1970, rounded. */
  modified: z.number(),
  /** As the person sees it: EXIF orientation applied. */
  width: z.int().positive(),
  height: z.int().positive(),
})
export type Photo = z.infer<typeof Photo>

/** A file that looks like a photo and could not be read: it is left out, and the reason is shown. */
export const UnreadablePhoto = z.strictObject({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  advice: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type UnreadablePhoto = z.infer<typeof UnreadablePhoto>

/**
 * `split-folders`: train/CLASS/… and val/CLASS/…, as the recipe has it.
 * `class-folders`: CLASS/… only; the split is stratified and drawn by seed.
 */
export const DatasetLayout = z.enum(['split-folders', 'class-folders'])

export const Dataset = z.strictObject({
  /** Absolute path. */
  folder: z.string(),
  layout: DatasetLayout,
  /** Folder names, sorted by code point: the label of a photo is its class's place here. */
  classes: z.array(z.string()),
  /** Sorted by split (train first), class and path. */
  photos: z.array(Photo),
  unreadable: z.array(UnreadablePhoto),
  /** Class folders without a single file named like a photo, below the dataset's folder. */
  emptyFolders: z.array(z.string()).optional(),
})
export type Dataset = z.infer<typeof Dataset>

/** Photos of one split, in the dataset's order. */
export function photosOf(dataset: Pick<Dataset, 'photos'>, split: Split): Photo[] {
  return dataset.photos.filter((photo) => photo.split === split)
}
