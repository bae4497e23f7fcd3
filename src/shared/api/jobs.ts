/**
 * Long work. A job belongs to nobody's page: it is started by one, followed from any, and goes on when all are closed. The host
 * keeps the list (src/main/host/jobs), the engine does the work (src/main/engine/jobs). How a kind is added is said in
 * docs/architecture.md.
 */
import { FilePath, Id, host, nothing } from './call.ts'
import { z } from 'zod'
import { FindingKind } from '../findings.ts'
import { Forecast, PrecisionComparison } from '../run.ts'
import {
  Curve,
  HeadInput,
  HeadSpread,
  NextToLabel,
  RetrainedHead,
  SimilarInput,
  SimilarPhotos,
  Why,
  WhyInput,
} from './bank.ts'
import { ClassifyHow, ClassifyModel } from './classify.ts'
import { DatasetSummary, Seed } from './datasets.ts'
import { PlainFailure } from './errors.ts'
import { starterModel } from './features.ts'
import { ExportFormat, Exported } from './exchange.ts'
import { EvaluateInput, Evaluated } from './evaluation.ts'
import { GpuPack } from './gpu.ts'
import { WeightsEntry } from './models.ts'
import { CompareInput, Comparison } from './compare.ts'
import { ForkStart, TrainStart } from './runs.ts'

/**
 * What has to wait for what. `training`: one network at a time. `beside`: one piece of other work for the trainer at a time,
 * which takes turns with the training. null: at once.
 */
export type Lane = 'training' | 'beside' | null

interface KindOptions<I> {
  /** Whether it goes on where it was when it is begun again: after a restart it does so by itself. */
  resumes?: boolean
  lane?: Lane
  /** What its progress counts; `parts`: nothing that has a name. */
  unit?: 'photos' | 'bytes' | 'batches' | 'parts'
  /** Not worth a line in the list unless it fails: nobody asked for it. */
  quiet?: boolean
  /** What it is about, where the caller does not say so. */
  subjectOf?: (input: I) => string
}

const kindOf =
  <W extends 'library' | 'trainer'>(owner: W, usualLane: Lane) =>
  <I extends z.ZodType, R extends z.ZodType>(
    input: I,
    result: R,
    {
      resumes = false,
      lane = usualLane,
      unit = 'photos',
      quiet = false,
      subjectOf,
    }: KindOptions<z.output<I>> = {},
  ) => ({
    owner,
    input,
    result,
    resumes,
    lane,
    unit,
    quiet,
    subjectOf: (subjectOf ?? (() => '')) as (input: unknown) => string,
  })

const byLibrary = kindOf('library', null)
const byTrainer = kindOf('trainer', 'beside')

const lastPart = (file: string): string => file.split(/[\\/]/).findLast((part) => part !== '') ?? file

const Classifying = ClassifyHow.extend({
  selection: Id,
  model: ClassifyModel,
  name: z.string().max(200).optional(),
})
const Classification = z.strictObject({
  classification: Id,
  photos: z.int(),
  failed: z.int(),
  seconds: z.number(),
})

/** A kind of work a row: who does it, what it takes and gives. Works are in engine/library and engine/trainer. */
export const jobKinds = {
  /** Reads a folder of photos, or a known `dataset` again: all its sources, and its own folder from where that is now if it is given. */
  scan: byLibrary(
    z
      .strictObject({ folder: FilePath.optional(), dataset: Id.optional() })
      .refine(
        ({ folder, dataset }) => folder !== undefined || dataset !== undefined,
        'a folder or a dataset',
      ),
    DatasetSummary,
    { resumes: true, subjectOf: ({ folder = '' }) => lastPart(folder) },
  ),
  /** Makes the thumbnails that are not there yet, `size` pixels wide or high. */
  thumbnails: byLibrary(z.strictObject({ dataset: Id, size: z.int().min(16).max(1024) }), nothing, {
    resumes: true,
    quiet: true,
  }),
  /** Draws the sample set into the data folder and adds it. */
  sample: byLibrary(z.strictObject({ seed: Seed.default(1234) }), DatasetSummary),
  /** Downloads the photos of PyTorch's tutorial and adds them. */
  recipePhotos: byLibrary(nothing, DatasetSummary, {
    resumes: true,
    unit: 'bytes',
    subjectOf: () => 'hymenoptera',
  }),
  /** Downloads a network's published weights. */
  download: byLibrary(z.strictObject({ network: z.string().max(100) }), WeightsEntry, {
    resumes: true,
    unit: 'bytes',
    subjectOf: ({ network }) => network,
  }),
  gpuPack: byLibrary(nothing, GpuPack, { resumes: true, unit: 'bytes' }),
  /** A run's best weights for other programs, as a file on offer that was checked. What is several files becomes a zip archive. */
  export: byTrainer(
    z.strictObject({ run: Id, format: ExportFormat, withPreparation: z.boolean().default(false) }),
    Exported,
    { resumes: true },
  ),
  /**
   * Answers for the photos of a selection. They are kept as a classification of the job's id, and read as they come by
   * `classify.answers`.
   */
  classify: byTrainer(Classifying, Classification, { resumes: true, subjectOf: ({ name }) => name ?? '' }),
  /** The same, and then for every photo that arrives in the folders, until it is cancelled. Computes only when one does. */
  watch: byTrainer(Classifying.extend({ folders: z.array(FilePath).min(1).max(100) }), Classification, {
    resumes: true,
    lane: null,
    subjectOf: ({ name }) => name ?? '',
  }),
  /**
   * Copies a run's folder, of another machine for instance, into the data folder, whole or not at all; the given one stays. `isNew`: it did
   * not lie there before.
   */
  addRun: byLibrary(
    z.strictObject({ folder: FilePath }),
    z.strictObject({ run: Id, name: z.string(), isNew: z.boolean() }),
    { unit: 'bytes', subjectOf: ({ folder }) => lastPart(folder) },
  ),
  /** Carries a list out, or takes it back: see `filing.plan`. */
  file: byLibrary(z.strictObject({ filing: Id }), z.strictObject({ filing: Id, done: z.int() }), {
    resumes: true,
    subjectOf: ({ filing }) => filing,
  }),
  undo: byLibrary(
    z.strictObject({ filing: Id, acts: z.array(z.int()).optional() }),
    z.strictObject({ filing: Id, undone: z.int(), kept: z.int() }),
    { resumes: true, subjectOf: ({ filing }) => filing },
  ),
  /** How many photos a second a network answers here; it needs no weights for that. */
  speed: byTrainer(
    z.strictObject({ network: z.string().max(100) }),
    z.strictObject({ network: z.string(), photosPerSecond: z.number() }),
    { unit: 'batches', quiet: true, subjectOf: ({ network }) => network },
  ),
  /** Measures two batches of a run. */
  forecast: byTrainer(TrainStart.omit({ name: true }), Forecast, { unit: 'batches' }),
  /** Measures a few steps in both precisions. */
  precisions: byTrainer(TrainStart.omit({ name: true }), PrecisionComparison, { unit: 'batches' }),
  /** What is wrong with a dataset's photos; it is kept, and read by `findings.get`. `model`: whose features; the starter network's unless told. */
  check: byTrainer(
    z.strictObject({ dataset: Id, model: ClassifyModel.default(starterModel) }),
    z.strictObject({ findings: z.partialRecord(FindingKind, z.int()) }),
  ),
  /** Which photos of a dataset are like which, how unusual each is, and how sure a probe is of its label. Read by `datasets.relations`. */
  relate: byTrainer(
    z.strictObject({ dataset: Id, model: ClassifyModel.default(starterModel) }),
    z.strictObject({ photos: z.int(), computed: z.int() }),
    { resumes: true },
  ),
  /** Where the photos of a dataset lie on a map. Read by `datasets.map`. */
  map: byTrainer(
    z.strictObject({ dataset: Id, model: ClassifyModel.default(starterModel) }),
    z.strictObject({ photos: z.int() }),
    { resumes: true },
  ),
  /** What a run answers for each photo of a part, with all figures: kept, and read by `evaluations.get`. */
  evaluate: byTrainer(EvaluateInput, Evaluated),
  /** Two to six runs on the same photos. */
  compare: byTrainer(CompareInput, Comparison),
  /** *Without this photo*: what single training photos have to do with an answer. */
  why: byTrainer(WhyInput, Why),
  /** The training photos most like a photo of the run. */
  similarPhotos: byTrainer(SimilarInput, SimilarPhotos, { quiet: true }),
  /**
   * A run's head learnt again from kept features: a new run. `replaces` is one that was made so from the same run and that nobody
   * wanted to keep: it is removed when the new one is there.
   */
  retrainHead: byTrainer(
    HeadInput.extend({ name: z.string().trim().max(200).optional(), replaces: Id.optional() }),
    RetrainedHead,
  ),
  /** How accuracy grows with photos, and of which class more would help. */
  learningCurve: byTrainer(HeadInput, Curve, { unit: 'parts' }),
  headSpread: byTrainer(
    HeadInput.extend({ folds: z.int().min(2).max(20).default(5), seeds: z.int().min(2).max(20).default(5) }),
    HeadSpread,
    { unit: 'parts' },
  ),
  /** The unlabelled photos of a dataset that teach a run's head most. */
  labelNext: byTrainer(
    z.strictObject({ run: Id, dataset: Id, count: z.int().min(1).max(200).default(20) }),
    NextToLabel,
  ),
  /**
   * A new run, one that parts from another, or one that goes on from its checkpoint: with `allowDifferent` also with another backend,
   * processor or number of threads than it was trained with, else that is refused (`run.other-machine`).
   */
  train: byTrainer(
    z.union([TrainStart, ForkStart, z.strictObject({ run: Id, allowDifferent: z.boolean().optional() })]),
    z.strictObject({ run: Id }),
    {
      resumes: true,
      lane: 'training',
      unit: 'batches',
      subjectOf: (input) => ('run' in input ? input.run : (input.name ?? '')),
    },
  ),
}

type Kinds = typeof jobKinds
export const JobKind = z.enum(Object.keys(jobKinds) as [keyof Kinds, ...(keyof Kinds)[]])
export type JobKind = keyof Kinds
/** What a caller gives for a kind, what its work gets, and what it gives back. */
export type JobInput<K extends JobKind> = z.input<Kinds[K]['input']>
export type JobGiven<K extends JobKind> = z.output<Kinds[K]['input']>
export type JobResult<K extends JobKind> = z.output<Kinds[K]['result']>
/** The kinds that one process does. */
export type KindsOf<P extends 'library' | 'trainer'> = {
  [K in JobKind]: Kinds[K]['owner'] extends P ? K : never
}[JobKind]

export const JobState = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted'])
export type JobState = z.infer<typeof JobState>

/** Figures that a kind tells besides its count, by name; their words are in the window's catalogues. */
const Detail = z.record(z.string(), z.union([z.string(), z.number()]))

const Progress = z.strictObject({ done: z.number().nonnegative(), total: z.number().nonnegative() })

export const Job = z.strictObject({
  id: Id,
  kind: JobKind,
  /** What it is about: a folder's, run's or network's name. */
  subject: z.string(),
  state: JobState,
  /** Held by the person. One that runs holds between two batches, one that waits does not begin. */
  paused: z.boolean(),
  /** Among those that wait for the same: 1 is next. null for all others. */
  place: z.int().nullable(),
  /** null as long as nobody knows. */
  progress: Progress.nullable(),
  secondsLeft: z.number().nullable(),
  detail: Detail.nullable(),
  /** Runs, but waits for its turn: there is not memory enough beside the training. */
  crowded: z.boolean(),
  /** ISO 8601, UTC. */
  created: z.string(),
  started: z.string().nullable(),
  ended: z.string().nullable(),
  /** As its kind says. */
  result: z.json().nullable(),
  error: PlainFailure.nullable(),
})
export type Job = z.infer<typeof Job>

/** What works tell in their `detail`, each kind some of it. */
const DetailFields = z
  .object({
    /** Of a training or an export: the run, once it has a folder. */
    run: z.string(),
    epoch: z.number(),
    epochs: z.number(),
    /** Of the best epoch so far. */
    correct: z.number(),
    of: z.number(),
    /** 1 where a training ends with this epoch. */
    stops: z.number(),
    /** Of a filing and its undo. */
    filing: z.string(),
    failed: z.number(),
    /** Of the run's own photos, which are looked at before a classification: how many are known, of how many. */
    known: z.number(),
    ofKnown: z.number(),
    /** A watched folder that is not there now. */
    away: z.string(),
    /** Of the pack for graphics cards: what is done, and to which package. */
    step: z.string(),
    package: z.string(),
  })
  .partial()

/** The one way in which a job's `detail` is read: what it tells, by its type; nothing where it tells nothing, or something else. */
export const detailOf = (job: Pick<Job, 'detail'> | null | undefined): z.infer<typeof DetailFields> =>
  DetailFields.safeParse(job?.detail ?? {}).data ?? {}

/** What a work tells of itself. Each item holds only what has changed. */
export const WorkProgress = z.strictObject({
  progress: Progress.optional(),
  /** Where the work knows better than its count. */
  secondsLeft: z.number().nullable().optional(),
  detail: Detail.optional(),
  crowded: z.boolean().optional(),
  subject: z.string().optional(),
  /** What to begin with where it is begun again: a training that has a folder goes on with its run. */
  again: z.json().optional(),
})
export type WorkProgress = z.infer<typeof WorkProgress>

/** A job as it lies in the data folder. */
export const JobRecord = z.strictObject({
  job: Job,
  input: z.json(),
  /** How often it was begun. */
  attempts: z.int().nonnegative(),
})
export type JobRecord = z.infer<typeof JobRecord>

const JobId = z.strictObject({ job: Id })

export const jobCalls = {
  /** `{ kind, …input of the kind }`; `subject` names what it is about. Comes back at once. @throws rpc.invalid */
  'jobs.start': host(z.looseObject({ kind: JobKind, subject: z.string().max(200).optional() }), JobId),
  /** Those that run and wait, in the order of their queue, then those that ended, newest first. */
  'jobs.list': host(nothing, z.strictObject({ jobs: z.array(Job) })),
  /** @throws not-found */
  'jobs.get': host(JobId, Job),
  /** A training leaves a checkpoint. Comes back when it has ended. @throws not-found */
  'jobs.cancel': host(JobId, nothing),
  /** Those that can go on later. @throws not-found, refused */
  'jobs.pause': host(JobId, nothing),
  'jobs.resume': host(JobId, nothing),
  /** Begins one again that has failed, was cancelled or interrupted. @throws not-found, refused */
  'jobs.retry': host(JobId, nothing),
  /** Puts one that waits before another, or last. @throws not-found, refused */
  'jobs.reorder': host(z.strictObject({ job: Id, before: Id.nullable() }), nothing),
  /** Forgets those that have ended, or one of them. */
  'jobs.clear': host(z.strictObject({ job: Id.optional() }), nothing),
}

export const jobEvents = {
  /** With every change of state, and at most four times a second with progress. */
  'job.changed': Job,
  'jobs.cleared': z.strictObject({ jobs: z.array(Id) }),
}
