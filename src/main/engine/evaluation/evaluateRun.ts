import path from 'node:path'
import type { AnsweredPhoto, KeptEvaluation } from '../../../shared/api/evaluation.ts'
import type { Dataset, Photo, Split } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { answered, answersOf } from '../../../shared/evaluation/answers.ts'
import { evaluationReport } from '../../../shared/evaluation/report.ts'
import { slicesOf } from '../../../shared/evaluation/slices.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { openRun } from '../classify/classify.ts'
import type { Labelled } from '../classify/classify.ts'
import { cropsOf } from '../classify/crops.ts'
import { logitsOf } from '../classify/logits.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { bestEpochOf, runFolderOf } from '../store/runFolder.ts'
import { classIndices } from './evaluateFolder.ts'

export interface EvaluateRunRequest {
  home: string
  /** Id, name or folder. */
  run: string
  part: Split
  /** Its photos and labels as they are now; without it, the run's own as it had them. */
  dataset?: Dataset | undefined
}

interface Control {
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
  /** Lets other work go first, between photos. */
  passTurn?: () => Promise<void>
}

/** Likeliest classes that are kept of each answer. */
const kept = 5

/** Photos of the part; `class` is a place among the run's classes. @throws ThawError dataset.part-empty, run.other-classes */
function photosAsked({ run, part, dataset }: EvaluateRunRequest, record: RunRecord) {
  const { folder, photos: all } = dataset ?? record.dataset
  const photos = all.filter((photo) => photo.split === part)
  if (photos.length === 0) throw new ThawError('dataset.part-empty', { folder, part })
  if (!dataset) return { folder, photos }
  const indices = classIndices(dataset, photos, record.classes, run)
  return { folder, photos: photos.map((photo) => ({ ...photo, class: indices[photo.class]! })) }
}

/**
 * The logits of each photo that could be read, row-major, and these photos.
 * @throws ThawError why the first one could not be read, where none could: their folder is away, and will be back
 */
async function logitsOfPhotos(
  { compute, opened }: Labelled,
  folder: string,
  photos: readonly Photo[],
  { signal, onProgress, passTurn }: Control,
): Promise<{ logits: number[]; found: Photo[] }> {
  const files = photos.map((photo) => path.resolve(folder, photo.path))
  const crops = cropsOf({ folder, photos })
  const logits: number[] = []
  const found: Photo[] = []
  let done = 0
  let failure: PlainError | undefined
  for await (const answer of logitsOf(compute, opened, files, signal, { crops })) {
    if ('logits' in answer) {
      for (const logit of answer.logits) logits.push(logit)
      found.push(photos[done]!)
    } else failure ??= answer.error
    done += 1
    onProgress?.({ done, total: photos.length })
    await passTurn?.()
  }
  if (found.length === 0 && failure) throw new ThawError(failure.code, failure.parameters)
  return { logits, found }
}

/** Each photo's answer with the classes that were likeliest. */
function answersIn(
  logits: readonly number[],
  photos: readonly Photo[],
  classes: number,
): KeptEvaluation['photos'] {
  const all = answersOf(
    logits,
    photos.map((photo) => photo.class),
    classes,
  )
  const said = answered(all)
  return photos.map((photo, row): AnsweredPhoto => {
    const own = all.logProbabilities.subarray(row * classes, (row + 1) * classes)
    const share = (c: number) => Math.exp(own[c]!)
    const likeliest = Array.from(own, (_, c) => c).sort((a, b) => own[b]! - own[a]! || a - b)
    return {
      photo: photo.path,
      truth: photo.class,
      answer: said[row]!,
      probability: share(said[row]!),
      truthProbability: share(photo.class),
      top: likeliest.slice(0, kept).map((c) => ({ class: c, probability: share(c) })),
      slices: slicesOf(photo),
    }
  })
}

/**
 * What a run's best weights answer for each photo of a part, with all figures.
 * @throws ThawError run.*, run.other-classes, weights.*, dataset.part-empty, backend.none, cancelled; photo.* where none can be read
 */
export async function evaluateRun(
  request: EvaluateRunRequest,
  control: Control = {},
): Promise<KeptEvaluation> {
  const { home, run, part, dataset } = request
  const runFolder = await runFolderOf(home, run)
  const record = await readRecordHere(home, runFolder)
  const { classes } = record
  const { folder, photos } = photosAsked(request, record)
  const labelled = await openRun(home, runFolder)
  try {
    const { logits, found } = await logitsOfPhotos(labelled, folder, photos, control)
    const targets = found.map((photo) => photo.class)
    return {
      ...{ format: 1, folder, part, classes },
      epoch: await bestEpochOf(runFolder),
      entry: dataset ? (dataset.entry ?? 0) : null,
      photos: answersIn(logits, found, classes.length),
      failed: photos.length - found.length,
      report: evaluationReport(logits, targets, classes),
    }
  } finally {
    labelled.opened.weights.dispose()
  }
}
