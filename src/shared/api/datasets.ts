import { DatasetPast } from '../belonging.ts'
import { Counted, FilePath, Id, PictureId, Received, TypedPath, library, nothing } from './call.ts'
import { z } from 'zod'
import { BrowsedPhoto, DatasetLayout, PhotoBox, Split, UnreadablePhoto } from '../dataset.ts'
import { ActSummary, GroupRules, HistoryItem, PhotoAct, WholeAct } from '../decisions.ts'
import { FindingKind } from '../findings.ts'
import { FeaturesBy } from './features.ts'
import { Augmentation } from '../augmentation.ts'
import { DrawnStep } from '../drawnStep.ts'
import { Preparation } from '../preparation.ts'
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
  /** Photos of each class that are used: readable, with a label, and not left out. */
  train: z.array(z.int()),
  val: z.array(z.int()),
  test: z.array(z.int()),
  /** Photos without a label, and photos that were left out. */
  unlabelled: z.int(),
  leftOut: z.int(),
  unreadable: z.int(),
  /** Pictures that are not read as photos (GIF, SVG …). */
  otherPictures: z.int(),
  /** Whether the folder is there now. */
  present: z.boolean(),
  /** The list or archive that it was read from, where that is not there now; what was read of it still is. */
  missingSource: z.string().nullable(),
  /** Why a network cannot be trained on it; null if one can. */
  problem: PlainFailure.nullable(),
  /** The list or archive that it was read from; absent: its folder. */
  source: z.string().optional(),
  /** Where it was before; absent: nowhere else. */
  past: DatasetPast.optional(),
})
export type DatasetSummary = z.infer<typeof DatasetSummary>

/**
 * A JPEG of at most 192 pixels wide and high; `later`: it is not made yet; `none`: why none can be made is told to who asks for it by
 * itself.
 */
export const GridPicture = z.union([
  z.strictObject({ jpeg: z.base64(), coarse: z.boolean() }),
  z.enum(['later', 'none']),
])
export type GridPicture = z.infer<typeof GridPicture>

/** A photo in the grid. `index` is its index among those that were asked for. */
export const PhotoItem = BrowsedPhoto.extend({
  index: z.int(),
  id: PictureId,
  /** What the last check found about it, and was not dismissed. */
  findings: z.array(FindingKind).optional(),
  /** What the newest run that was asked says it is. */
  answer: z.strictObject({ class: z.string(), probability: z.number() }).optional(),
})
export type PhotoItem = z.infer<typeof PhotoItem>

/** What the newest run that was asked says of a photo, held against its label now. */
export const Outcome = z.enum(['right', 'wrong', 'unasked'])
export type Outcome = z.infer<typeof Outcome>

/** Which photos are meant: those that fit every filter that is set; within a filter, any of its values. */
export const PhotoFilter = z.strictObject({
  /** Indices of classes; -1: without a label. */
  classes: z.array(z.int().min(-1)).default([]),
  splits: z.array(Split).default([]),
  /** true: only those left out, false: only those used. */
  out: z.boolean().nullable().default(null),
  findings: z.array(FindingKind).default([]),
  outcomes: z.array(Outcome).default([]),
  /** Looks into paths and keywords. */
  search: z.string().max(200).default(''),
  /** Only these paths. */
  only: z.array(z.string()).nullable().default(null),
})
export type PhotoFilter = z.infer<typeof PhotoFilter>

/**
 * `cut`: most cut by the crop first; `certainty`: least sure of its label first, `unusual`: least like any other first, both as the last
 * job of the kind `relate` has found, and what it has not seen last; `only`: as `only` has them.
 */
export const PhotoOrder = z.enum([
  'class',
  'split',
  'name',
  'taken',
  'modified',
  'size',
  'pixels',
  'cut',
  'group',
  'certainty',
  'unusual',
  'only',
])
export type PhotoOrder = z.infer<typeof PhotoOrder>

/** Filter and order; `photos` stand under heads of equal class, part, day or capture group. */
export const PhotoQuery = PhotoFilter.extend({
  dataset: Id,
  order: PhotoOrder.default('class'),
  descending: z.boolean().default(false),
  groupBy: z.enum(['class', 'split', 'day', 'group']).nullable().default(null),
})
export type PhotoQuery = z.infer<typeof PhotoQuery>

/** How many photos each value of a filter would give under the other filters. */
export const PhotoCounts = z.strictObject({
  total: z.int(),
  found: z.int(),
  /** By index of the class. */
  classes: z.array(z.int()),
  unlabelled: z.int(),
  splits: z.strictObject({ train: z.int(), val: z.int(), test: z.int() }),
  used: z.int(),
  out: z.int(),
  findings: z.partialRecord(FindingKind, z.int()),
  outcomes: z.strictObject({ right: z.int(), wrong: z.int(), unasked: z.int() }),
})
export type PhotoCounts = z.infer<typeof PhotoCounts>

/** A head in the grid: photos from index `from` on have this class, part, day (ISO) or capture group. */
export const PhotoHead = z.strictObject({ key: z.string().nullable(), from: z.int(), count: z.int() })
export type PhotoHead = z.infer<typeof PhotoHead>

/** A work on all photos of a dataset, as far as it was done. */
const Looked = FeaturesBy.extend({
  /** ISO 8601, UTC. */
  computed: z.string(),
  /** Photos that it has not seen. */
  missing: z.int(),
})

/** What is known of how the photos of a dataset lie to each other, and of the newest run on them. */
export const DatasetRelations = z.strictObject({
  /** `stale`: certainty is of labels that were changed since. */
  near: Looked.extend({ stale: z.boolean() }).nullable(),
  map: Looked.nullable(),
  /** `asked`: parts whose photos it was asked about. */
  run: z.strictObject({ id: Id, name: z.string(), asked: z.array(Split) }).nullable(),
})
export type DatasetRelations = z.infer<typeof DatasetRelations>

/** Photos on the map; those that it has not seen are not there. All arrays are of one length. */
export const DatasetMap = z.strictObject({
  paths: z.array(z.string()),
  pictures: z.array(PictureId),
  /** Indices of classes; -1: without a label. */
  classes: z.array(z.int()),
  splits: z.array(Split),
  out: z.array(z.boolean()),
  outcomes: z.array(Outcome),
  certainty: z.array(z.number().nullable()),
  x: z.array(z.number()),
  y: z.array(z.number()),
})
export type DatasetMap = z.infer<typeof DatasetMap>

/** Capture groups as they stand. */
export const Grouping = z.strictObject({
  rules: GroupRules,
  /** Groups of two photos and more. */
  groups: z.int(),
  /** Photos in these. */
  grouped: z.int(),
  /** Groups that lie in two parts: what is learnt there is known here. */
  leaks: z.array(z.array(z.strictObject({ path: z.string(), split: Split }))),
  /** Classes all of whose photos are one group, so that none can be kept to validate. */
  undivided: z.array(z.string()),
  /** Photos on whose names the pattern takes too long: they are in no group by it. */
  slowNames: z.int().nonnegative(),
})
export type Grouping = z.infer<typeof Grouping>

/** What an act did: the number of its entry in the journal, the photos it changed, and its name in words. */
export const Decided = z.strictObject({ entry: z.int(), photos: z.array(z.string()), summary: ActSummary })
export type Decided = z.infer<typeof Decided>

/** Red, green and blue of one thing. */
const channels = <T extends z.ZodType>(of: T) => z.tuple([of, of, of])

/** The network's input in numbers. */
export const InputNumbers = z.strictObject({
  channels: channels(z.strictObject({ least: z.number(), mean: z.number(), most: z.number() })),
  /** A small square of it: its place, the bytes [size, size, 3] that it was, and the float32 values that they become. */
  excerpt: z.strictObject({
    left: z.int(),
    top: z.int(),
    size: z.int(),
    bytes: z.array(z.int()),
    values: z.array(z.number()),
  }),
})

/** What the network sees of a photo, step by step. */
export const PhotoPreview = z.strictObject({
  /** Of the upright original. */
  width: z.int(),
  height: z.int(),
  original: PictureId,
  /** As EXIF or XMP tells it, 1 to 8, and the picture as it lies in the file where that is not upright. */
  orientation: z.int().min(1).max(8),
  unturned: PictureId.nullable(),
  /** What a person cut out: for the network that is the photo. */
  crop: PhotoBox.nullable(),
  /** What the evaluation sees: the frame that is cut out of the original, and the view in three ways. */
  frame: PhotoBox,
  /** After resizing, with the frame in its pixels; null where that is too large to be looked at. */
  resized: z
    .strictObject({ picture: PictureId, width: z.int(), height: z.int(), frame: PhotoBox })
    .nullable(),
  evaluation: z.strictObject({
    /** The bytes after resizing and cropping. */
    plain: PictureId,
    /** The network's input, all below 0 and above 1 cut off: what plotting it without a second thought shows. */
    clipped: PictureId,
    /** The network's input · std + mean: the plain view again, the proof that nothing is lost. */
    restored: PictureId,
  }),
  numbers: InputNumbers,
  /** The photo’s index in the training part; null for one that is not in it, whose views are shown as if it were the first. */
  trainingIndex: z.int().nullable(),
  /** The views of a run's first epochs, and what was drawn for each. */
  views: z.array(z.strictObject({ picture: PictureId, epoch: z.int(), drawn: z.array(DrawnStep) })),
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
      otherPictures: z.array(z.string()),
      /** Archives in its folders, whose photos are not in it. */
      archives: z.array(z.string()),
      /** Where its photos come from: its own folder, list or archive first. */
      sources: z.array(z.string()),
      /** Of these, those that were not there when it was scanned last. */
      missing: z.array(z.string()),
      /** Acts that cannot be read any more, since their file was damaged; all others hold. */
      lostActs: z.int(),
    }),
  ),
  /** `folder` says where it is now, if it was moved. */
  'datasets.rescan': library(
    z.strictObject({ dataset: Id, folder: FilePath.optional() }),
    DatasetSummary,
    Counted,
  ),
  /**
   * Watches the folders of a dataset until it is cancelled. Tells when something was added, changed or vanished, first about what
   * happened since the last scan; who asked then scans again. @throws ThawError not-found, cancelled
   */
  'datasets.watch': library(z.strictObject({ dataset: Id }), nothing, nothing),
  'datasets.rename': library(
    z.strictObject({ dataset: Id, name: z.string().trim().min(1).max(200) }),
    DatasetSummary,
  ),
  /** Forgets it. The photos stay where they are. */
  'datasets.remove': library(z.strictObject({ dataset: Id }), nothing),
  'datasets.photos': library(
    PhotoQuery.extend({
      offset: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(500).default(200),
    }),
    z.strictObject({ total: z.int(), photos: z.array(PhotoItem) }),
  ),
  /**
   * Thumbnails of photos as the grid shows them. What is not there yet is made, the first first, for a few dozen milliseconds: the rest
   * is to be asked for again.
   */
  'pictures.grid': library(
    z.strictObject({
      pictures: z.array(PictureId).max(100),
      /** The photo's own small picture will do, where there is one and no finer one yet. */
      coarse: z.boolean().default(false),
    }),
    z.strictObject({ pictures: z.array(GridPicture) }),
  ),
  /** The heads over the photos of a query that is grouped. */
  'datasets.heads': library(PhotoQuery, z.strictObject({ heads: z.array(PhotoHead) })),
  'datasets.counts': library(PhotoFilter.extend({ dataset: Id }), PhotoCounts),
  /** Paths of all photos of a query, in its order: what "select all" selects. */
  'datasets.paths': library(PhotoQuery, z.strictObject({ paths: z.array(z.string()) })),
  'datasets.relations': library(z.strictObject({ dataset: Id }), DatasetRelations),
  /** @throws ThawError bank.unseen if it was not computed (a job of the kind `map`) */
  'datasets.map': library(z.strictObject({ dataset: Id }), DatasetMap),
  /**
   * The photos most like one, nearest first, at most 24; those with the same bytes among them.
   * @throws ThawError bank.unseen if the photo was not seen by a job of the kind `relate`; photos.unknown
   */
  'photos.similar': library(
    z.strictObject({ dataset: Id, photo: z.string() }),
    z.strictObject({
      photos: z.array(PhotoItem.extend({ distance: z.number() })),
    }),
  ),
  /**
   * Decides something about photos (paths in the dataset). On the disk when it is answered.
   * @throws ThawError photos.unknown, class.unknown, act.empty, disk.full, busy
   */
  'datasets.decide': library(
    z.strictObject({
      dataset: Id,
      photos: z.array(z.string()).max(1_000_000),
      act: z.union([PhotoAct, WholeAct]),
    }),
    Decided,
  ),
  /** These photos and all that are in a capture group with one of them: what moves to another part together. @throws ThawError not-found */
  'datasets.together': library(
    z.strictObject({ dataset: Id, photos: z.array(z.string()).max(1_000_000) }),
    z.strictObject({ photos: z.array(z.string()) }),
  ),
  'datasets.groups': library(z.strictObject({ dataset: Id }), Grouping),
  /**
   * Draws a split of all photos that have a label and are not left out, of each class the same share, and enters it as an act. No
   * capture group is parted. @throws ThawError split.shares, split.nothing
   */
  'datasets.drawSplit': library(
    z.strictObject({
      dataset: Id,
      val: z.number().min(0).max(0.9),
      test: z.number().min(0).max(0.9),
      seed: Seed.default(1234),
    }),
    Decided,
  ),
  /**
   * Crops photos like one of the dataset: to the same part of each as `box` is of the photo `of`. @throws ThawError photos.unknown
   */
  'datasets.cropAlike': library(
    z.strictObject({
      dataset: Id,
      photos: z.array(z.string()).min(1).max(1_000_000),
      of: z.string(),
      box: PhotoBox,
    }),
    Decided,
  ),
  /** Keywords that photos carry, the most frequent first; the levels of a hierarchy are parted by `|`. */
  'datasets.keywords': library(
    z.strictObject({ dataset: Id }),
    z.strictObject({ keywords: z.array(z.strictObject({ keyword: z.string(), photos: z.int() })) }),
  ),
  /** Makes classes of keywords. Photos that carry none of these, or those of two classes, keep their label. @throws ThawError keywords.no-photo */
  'datasets.labelByKeywords': library(
    z.strictObject({ dataset: Id, classes: z.record(z.string(), z.string().trim().min(1).max(200)) }),
    Decided,
  ),
  /** How a run's photos differ from the dataset now. @throws ThawError run.missing */
  'datasets.since': library(
    z.strictObject({ dataset: Id, run: Id }),
    z.strictObject({
      relabelled: z.array(z.string()),
      leftOut: z.array(z.string()),
      moved: z.array(z.string()),
      cropped: z.array(z.string()),
      added: z.array(z.string()),
      gone: z.array(z.string()),
      /** The entry of the journal that the run began with, which can be restored; null of runs that did not keep it. */
      entry: z.int().nullable(),
    }),
  ),
  /** Writes a dataset as a CSV list, which read again is the same dataset. @throws ThawError path.relative, export.there-already, disk.full */
  'datasets.writeList': library(
    z.strictObject({ dataset: Id, file: TypedPath }),
    z.strictObject({ photos: z.int() }),
  ),
  /**
   * Puts a photo that was sent to Thaw into the folder of a class, which is made where it is not there, and tells its place. The dataset
   * follows with the next scan. @throws ThawError dataset.missing, photo.*, output.unwritable, disk.full
   */
  'datasets.receive': library(
    z.strictObject({ dataset: Id, file: FilePath, class: z.string().trim().min(1).max(200) }),
    z.strictObject({ file: z.string() }),
  ),
  /**
   * Takes the last act back. @param entry number of the act that is meant, where only that one may be taken back
   * @throws ThawError act.nothing-to-undo, act.not-last
   */
  'datasets.undo': library(z.strictObject({ dataset: Id, entry: z.int().positive().optional() }), Decided),
  /** @throws ThawError act.nothing-to-redo */
  'datasets.redo': library(z.strictObject({ dataset: Id }), Decided),
  /** The newest act first. */
  'datasets.history': library(
    z.strictObject({
      dataset: Id,
      offset: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    z.strictObject({ total: z.int(), items: z.array(HistoryItem), undo: z.boolean(), redo: z.boolean() }),
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
    z.strictObject({
      photo: PictureId,
      preparation: Preparation,
      augmentation: Augmentation.default('recipe'),
      seed: Seed,
      /** The middle of the excerpt in numbers, in pixels of the network's input; by default its middle. */
      at: z.tuple([z.int().min(0), z.int().min(0)]).optional(),
    }),
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
