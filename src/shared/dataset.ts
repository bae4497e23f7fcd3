import { z } from 'zod'

/** `test` is for the one look at the end: training never sees it, not even to choose its best epoch. */
export const Split = z.enum(['train', 'val', 'test'])
export type Split = z.infer<typeof Split>

/** The parts that a training sees: it learns from one and chooses its best epoch by the other. */
export type SeenSplit = Exclude<Split, 'test'>

/** In pixels of the upright original. What is outside the photo is filled with black. */
export const PhotoBox = z.strictObject({
  left: z.number(),
  top: z.number(),
  width: z.number(),
  height: z.number(),
})
export type PhotoBox = z.infer<typeof PhotoBox>

/** One readable photo of a dataset, as a network is trained on it. What is not known is not there. */
export const Photo = z.strictObject({
  /** Path from the dataset's folder, with `/` on every system; with `../` where a list names photos elsewhere. */
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
  /** SHA-256 of the file, in hexadecimal. */
  hash: z.string().optional(),
  /** When it was taken by the camera's own clock (EXIF knows no time zone), milliseconds since 1970 as if that were UTC. */
  taken: z.number().optional(),
  /** Maker and model. */
  camera: z.string().optional(),
  /** ISO speed. */
  iso: z.number().positive().optional(),
  /** What it was tagged with, the levels of a hierarchy parted by `|`. */
  keywords: z.array(z.string()).optional(),
  /** Photos of one capture group were taken as one – a burst, near-duplicates –, and no drawn split parts them. */
  group: z.string().optional(),
  /** What a person cut out for the network. */
  crop: PhotoBox.optional(),
})
export type Photo = z.infer<typeof Photo>

/** What stands for a photo's picture until that is there (shared/colours.ts); photos that an older version has scanned have none. */
const Colours = z.string().optional()

/** A photo as a person browses the dataset: perhaps without a label, perhaps left out. */
export const BrowsedPhoto = Photo.extend({
  /** Index into the browsed dataset's `classes`; null: it has no label. */
  class: z.int().nonnegative().nullable(),
  /** Left out by the person: it stays in the list, and no network sees it. */
  out: z.boolean(),
  colours: Colours,
})
export type BrowsedPhoto = z.infer<typeof BrowsedPhoto>

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
 * `split-folders`: train/CLASS/… and val/CLASS/… (and test/CLASS/…), as the recipe has it.
 * `class-folders`: CLASS/… only; the split is stratified and drawn by seed.
 * `flat`: photos without class folders, which a person gives labels to.
 * `list`: a table names the photos and their classes.
 */
export const DatasetLayout = z.enum(['split-folders', 'class-folders', 'flat', 'list'])

export const ScannedPhoto = Photo.extend({
  class: z.int().nonnegative().nullable(),
  /** What near-duplicates are found by: 128 bits in hexadecimal (photos/look.ts). */
  signature: z.string().optional(),
  colours: Colours,
  /** Time of the last change of the XMP file beside it, milliseconds since 1970, rounded. */
  sidecar: z.number().optional(),
})
export type ScannedPhoto = z.infer<typeof ScannedPhoto>

/** What the disk, or a list, says: the photos with the labels that folders give, before a person decided anything. */
export const ScannedDataset = z.strictObject({
  /** Absolute path. */
  folder: z.string(),
  layout: DatasetLayout,
  /** Folder names, sorted by code point: the label of a photo is its class’s index here. */
  classes: z.array(z.string()),
  /** Sorted by split (train first), class (none last) and path. */
  photos: z.array(ScannedPhoto),
  unreadable: z.array(UnreadablePhoto),
  /** Class folders without a single file named like a photo, below the dataset's folder. */
  emptyFolders: z.array(z.string()).optional(),
  /** Pictures in its folders that are not read as photos (GIF, SVG …), below the dataset's folder: named, and left out. */
  otherPictures: z.array(z.string()).optional(),
  /** Archives in its folders, which are not opened, below the dataset's folder. */
  archives: z.array(z.string()).optional(),
  /** The list itself says which photos are for training and which for validation. */
  splitGiven: z.boolean().optional(),
  /** The list or archive that it was read from; a folder is read as it is. */
  source: z.string().optional(),
  /** Further sources that it was read from, absolute paths; their photos have paths from the dataset's folder. */
  also: z.array(z.string()).optional(),
  /** Of these, those that were not there: their photos are back when they are. */
  missing: z.array(z.string()).optional(),
})
export type ScannedDataset = z.infer<typeof ScannedDataset>

/** What a network is trained on: every photo has a label, and none was left out. */
export const Dataset = ScannedDataset.extend({
  photos: z.array(Photo),
  /** The newest entry of the journal that it reflects; 0: none; absent: a folder as it lies there. */
  entry: z.int().nonnegative().optional(),
  /** What its runs know it by, wherever it is; absent: a folder as it lies there. */
  id: z.string().optional(),
})
export type Dataset = z.infer<typeof Dataset>

/** What a person sees: the scan with everything that was decided. */
export type BrowsedDataset = Omit<ScannedDataset, 'photos'> & { photos: BrowsedPhoto[] }

/** What a dataset was first read from: the list or archive, or else its folder. */
export const placeOfDataset = ({ folder, source }: Pick<Dataset, 'folder' | 'source'>): string =>
  source ?? folder

/** Photos of one split, in the dataset's order. */
export function photosOf(dataset: Pick<Dataset, 'photos'>, split: Split): Photo[] {
  return dataset.photos.filter((photo) => photo.split === split)
}
