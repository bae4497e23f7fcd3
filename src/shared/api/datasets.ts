import { Counted, FilePath, Id, PictureId, Received, library, nothing } from './call.ts'
import { z } from 'zod'
import { DatasetLayout, Photo, Split, UnreadablePhoto } from '../dataset.ts'
import { Augmentation, Preparation } from '../preparation.ts'
import { PlainFailure } from './errors.ts'

export const DatasetSummary = z.strictObject({
  id: Id,
  name: z.string(),
  folder: z.string(),
  layout: DatasetLayout,
  classes: z.array(z.string()),
  /** ISO 8601, UTC. */
  added: z.string(),
  scanned: z.string(),
  /** Readable photos of each class. */
  train: z.array(z.int()),
  val: z.array(z.int()),
  unreadable: z.int(),
  /** Whether the folder is there now. */
  present: z.boolean(),
  /** Why a network cannot be trained on it; null if one can. */
  problem: PlainFailure.nullable(),
})
export type DatasetSummary = z.infer<typeof DatasetSummary>

/** A photo in the grid. `index` is its place in the dataset. */
export const PhotoItem = Photo.extend({ index: z.int(), id: PictureId })
export type PhotoItem = z.infer<typeof PhotoItem>

/** In pixels of the upright original. What is outside the photo is filled with black. */
export const PhotoBox = z.strictObject({
  left: z.number(),
  top: z.number(),
  width: z.number(),
  height: z.number(),
})
export type PhotoBox = z.infer<typeof PhotoBox>

export const PhotoPreview = z.strictObject({
  width: z.int(),
  height: z.int(),
  original: PictureId,
  /** What the evaluation sees: the frame that is cut out, and the view in three ways. */
  frame: PhotoBox,
  evaluation: z.strictObject({
    /** The bytes after resizing and cropping. */
    plain: PictureId,
    /** The network's input, all below 0 and above 1 cut off: what plotting it without a second thought shows. */
    clipped: PictureId,
    /** The network's input · std + mean: the plain view again, the proof that nothing is lost. */
    restored: PictureId,
  }),
  /** Eight views as training draws them. */
  views: z.array(z.strictObject({ picture: PictureId, box: PhotoBox, flip: z.boolean() })),
})
export type PhotoPreview = z.infer<typeof PhotoPreview>

export const BatchPreview = z.strictObject({
  /** [photos, channels, height, width], as PyTorch has it. */
  shape: z.tuple([z.int(), z.int(), z.int(), z.int()]),
  tiles: z.array(z.strictObject({ picture: PictureId, path: z.string(), class: z.int() })),
})
export type BatchPreview = z.infer<typeof BatchPreview>

export const Seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)

export const datasetCalls = {
  'datasets.list': library(nothing, z.strictObject({ datasets: z.array(DatasetSummary) })),
  /** Scans a folder; one that is known already is scanned again. @throws dataset.*, cancelled */
  'datasets.add': library(z.strictObject({ folder: FilePath }), DatasetSummary, Counted),
  'datasets.get': library(
    z.strictObject({ dataset: Id }),
    z.strictObject({
      summary: DatasetSummary,
      unreadable: z.array(UnreadablePhoto),
      emptyFolders: z.array(z.string()),
    }),
  ),
  /** `folder` says where it is now, if it was moved. */
  'datasets.rescan': library(
    z.strictObject({ dataset: Id, folder: FilePath.optional() }),
    DatasetSummary,
    Counted,
  ),
  'datasets.rename': library(
    z.strictObject({ dataset: Id, name: z.string().trim().min(1).max(200) }),
    DatasetSummary,
  ),
  /** Forgets it. The photos stay where they are. */
  'datasets.remove': library(z.strictObject({ dataset: Id }), nothing),
  /** `search` looks into paths and class names. */
  'datasets.photos': library(
    z.strictObject({
      dataset: Id,
      class: z.int().nonnegative().nullable().default(null),
      split: Split.nullable().default(null),
      search: z.string().max(200).default(''),
      offset: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(500).default(200),
    }),
    z.strictObject({ total: z.int(), photos: z.array(PhotoItem) }),
  ),
  /**
   * Makes the thumbnails that are not there yet, `size` pixels wide or high, one after the other: what is on the screen comes
   * first. @throws cancelled
   */
  'datasets.thumbnails': library(
    z.strictObject({ dataset: Id, size: z.int().min(16).max(1024) }),
    nothing,
    Counted,
  ),
  'photos.preview': library(
    z.strictObject({ photo: PictureId, preparation: Preparation, seed: Seed }),
    PhotoPreview,
  ),
  'photos.batch': library(
    z.strictObject({
      dataset: Id,
      split: Split,
      preparation: Preparation,
      augmentation: Augmentation,
      seed: Seed,
      size: z.int().min(1).max(128),
    }),
    BatchPreview,
    Counted,
  ),
  /** Draws the sample set into the data folder and adds it. */
  'sample.draw': library(z.strictObject({ seed: Seed.default(1234) }), DatasetSummary, Counted),
  /** Downloads hymenoptera_data.zip of PyTorch's tutorial (47 MB) and adds it. */
  'recipePhotos.download': library(nothing, DatasetSummary, Received),
}
