import { FilePath, Id, PictureId, library, nothing, trainer } from './call.ts'
import { z } from 'zod'
import { TrainerState } from './runs.ts'
import { Classified, ClassifyHow, ClassifyModel } from './classify.ts'
import { JobKind, JobRecord, WorkProgress } from './jobs.ts'

/** A file that may be streamed to the window. */
const Streamable = z.strictObject({ file: z.string(), type: z.string(), name: z.string() })

/** A picture in a file, or in base64 one that lies in none; what does not last gives way to a finer one. */
const PictureFound = z.union([
  z.strictObject({ file: z.string(), type: z.string() }),
  z.strictObject({ bytes: z.base64(), type: z.string(), lasts: z.boolean() }),
])

/** As `Revealed`, but for what the host knows by itself. */
const Findable = z.union([
  z.strictObject({ run: Id }),
  z.strictObject({ dataset: Id }),
  z.strictObject({ picture: PictureId }),
])

const Work = z.strictObject({ job: Id, kind: JobKind, input: z.json() })
const Worked = z.strictObject({ result: z.json() })

const Hello = z.strictObject({ version: z.string(), protocol: z.int(), pid: z.int() })

/** Between the host and its children only: the window can neither call these nor hear these. */
export const internalCalls = {
  'library.hello': library(nothing, Hello),
  'trainer.hello': trainer(nothing, Hello),
  /** `silence`: for how many seconds from now on silence is no reason to worry. */
  'library.ping': library(nothing, z.strictObject({ silence: z.number() })),
  /** `isFree`: nothing is at work, not even what has just begun. */
  'trainer.ping': trainer(nothing, z.strictObject({ silence: z.number(), isFree: z.boolean() })),
  /** The file of a picture, made first if need be, or if `coarse` the one that the camera made in its place. Paths stay on this side. @throws not-found, photo.* */
  'pictures.file': library(
    z.strictObject({ picture: PictureId, size: z.int().min(16).max(2048), coarse: z.boolean().optional() }),
    PictureFound,
  ),
  /** Before a connection to the internet that another process makes. */
  'connections.add': library(z.strictObject({ url: z.string(), why: z.string() }), nothing),
  /** @throws not-found */
  'downloads.file': library(z.strictObject({ download: Id }), Streamable),
  /** To a place that a person chose in the system's dialog. @throws not-found, disk.full, output.unwritable */
  'downloads.save': library(z.strictObject({ download: Id, file: FilePath }), nothing),
  /** A dataset's list to such a place, instead of what is there. @throws not-found, disk.full, output.unwritable */
  'datasets.saveList': library(
    z.strictObject({ dataset: Id, file: FilePath }),
    z.strictObject({ photos: z.int() }),
  ),
  /** Where something of ours lies. @throws not-found, run.missing */
  'places.find': library(Findable, z.strictObject({ path: FilePath })),
  /** Answers a few photos. */
  'trainer.classify': trainer(
    ClassifyHow.omit({ times: true }).extend({ photos: z.array(FilePath), model: ClassifyModel }),
    z.strictObject({ photos: z.array(Classified) }),
  ),
  /** Does a job's work; the call's end is the job's. @throws what the work throws */
  'library.work': library(Work, Worked, WorkProgress),
  'trainer.work': trainer(Work, Worked, WorkProgress),
  /** Holds a training between two batches, and lets it go on. @throws not-found */
  'trainer.hold': trainer(z.strictObject({ run: Id }), nothing),
  'trainer.goOn': trainer(z.strictObject({ run: Id }), nothing),
  /** Writes jobs down, and forgets others. */
  'jobs.keep': library(z.strictObject({ records: z.array(JobRecord), forget: z.array(Id) }), nothing),
  /** Jobs that processes have left which are gone now. They are ours from then on. */
  'jobs.inherit': library(nothing, z.strictObject({ records: z.array(JobRecord) })),
}

export const internalEvents = {
  /** The trainer warns before it goes silent, since an op blocks it. */
  'trainer.silence': z.strictObject({ seconds: z.number() }),
  /** What it does from now on: the host answers with it, also while an op blocks the trainer. */
  'trainer.state': TrainerState,
}
