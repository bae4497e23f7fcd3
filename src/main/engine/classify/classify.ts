import type { Answer, ClassifyModel } from '../../../shared/api/classify.ts'
import { carriedBy } from '../../../shared/carried.ts'
import type { Precision } from '../../../shared/config.ts'
import type { PhotoBox } from '../../../shared/dataset.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Compute } from '../backend/compute.ts'
import { openCompute } from '../backend/compute.ts'
import { deviceError } from '../backend/memoryError.ts'
import { openNetwork } from '../model/open.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { readRecord, runFolderOf } from '../store/runFolder.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import { openWeights } from '../weights/index.ts'
import { imagenetLabels, readLabels } from './labels.ts'
import { logitsOf } from './logits.ts'
import { best, cooled, meanLogits } from './probabilities.ts'
import type { References } from './strangers.ts'

export interface ClassifyRequest {
  home: string
  /** Absolute paths. */
  photos: readonly string[]
  model: ClassifyModel
  top: number
  /** The mean of the answers for a photo and for its mirror image. */
  mirrored?: boolean
  signal?: AbortSignal
  /** Is told the names of the classes before the first photo; what it throws ends the work. */
  onLabels?: (labels: readonly string[]) => void
}

export type ClassifiedPhoto =
  | {
      photo: string
      top: Answer[]
      logits: Float32Array
      /** From the training photos, see strangers.ts; null where nobody measured. */
      distance: number | null
    }
  | { photo: string; error: PlainError }

/** A network that is ready to answer, with the names of its classes. */
export interface Labelled {
  compute: Compute
  opened: OpenedNetwork
  labels: string[]
  /** By what its logits are divided before they become probabilities: 1, unless it was calibrated. */
  temperature: number
}

/**
 * A run's best weights; it answers in the precision that it was trained in.
 * @param run its id, name or folder
 * @throws ThawError run.*, weights.*, backend.none
 */
export async function openRun(home: string, run: string): Promise<Labelled> {
  const folder = await runFolderOf(home, run)
  const record = await readRecord(folder)
  const compute = await openCompute(null, record.config.precision)
  const opened = await openNetwork({ backbone: record.network, file: await bestWeightsOf(folder) })
  return { compute, opened, labels: record.classes, temperature: record.temperature ?? 1 }
}

async function openPublished(model: Published): Promise<Labelled> {
  const { labels: file } = model
  const given = file === null ? null : await readLabels(file)
  const weights = 'file' in model ? model.file : model.weights
  const compute = await openCompute(null, weights === null ? 'exact' : await precisionOf(weights))
  const opened = await openNetwork(
    'file' in model ? { backbone: null, file: model.file } : { backbone: model.backbone, file: weights },
  )
  const { classes } = opened.network
  const labels = given ?? opened.classes ?? (await usualLabels(classes))
  if (labels.length === classes) return { compute, opened, labels, temperature: 1 }
  opened.weights.dispose()
  throw new ThawError('labels.wrong-count', {
    file: file ?? opened.file,
    found: labels.length,
    expected: classes,
  })
}
type Published = Exclude<ClassifyModel, { run: string }>

/** A file of a run answers as the run does. @throws ThawError weights.* */
async function precisionOf(file: string): Promise<Precision> {
  const source = await openWeights(file)
  await source.close()
  return carriedBy(source.metadata).precision
}

/** Of 1000 classes nobody has named, they are ImageNet's; any others are told by their numbers. */
async function usualLabels(classes: number): Promise<string[]> {
  return classes === 1000 ? imagenetLabels() : Array.from({ length: classes }, (_, index) => String(index))
}

/**
 * Answers for each photo, in their order; one that cannot be read gets an error in its place.
 * @throws ThawError run.*, weights.*, labels.*, network.unknown, backend.none, cancelled
 */
export async function* classify(request: ClassifyRequest): AsyncGenerator<ClassifiedPhoto> {
  const { photos, top, signal, mirrored = false } = request
  const labelled = await openModel(request.home, request.model)
  try {
    request.onLabels?.(labelled.labels)
    for await (const answer of answerPhotos(labelled, photos, { top, mirrored, signal })) yield answer
  } finally {
    labelled.opened.weights.dispose()
  }
}

/** The network that a model names, ready to answer. @throws ThawError as `classify` does */
export const openModel = (home: string, model: ClassifyModel): Promise<Labelled> =>
  'run' in model ? openRun(home, model.run) : openPublished(model)

export interface AnswerOptions {
  top: number
  mirrored: boolean
  signal?: AbortSignal | undefined
  /** Of the run's training photos: answers then tell their distance. */
  references?: References | undefined
  /** What is cut out of a photo before it is answered, by its absolute path. */
  crops?: ReadonlyMap<string, PhotoBox> | undefined
}

/** Answers of a network that is open. @throws ThawError cancelled, memory.* */
export async function* answerPhotos(
  { compute, opened, labels, temperature }: Labelled,
  photos: readonly string[],
  { top, mirrored, signal, references, crops }: AnswerOptions,
): AsyncGenerator<ClassifiedPhoto> {
  const options = { mirrored, features: references !== undefined, crops }
  try {
    for await (const answer of logitsOf(compute, opened, photos, signal, options)) {
      if ('error' in answer) yield answer
      else {
        const logits = meanLogits(answer)
        const distance = references?.distance(answer.features!) ?? null
        const likeliest = best(cooled(logits, temperature), labels, top)
        yield { photo: answer.photo, logits, top: likeliest, distance }
      }
    }
  } catch (error) {
    throw deviceError(error, compute.environment.device, 1, 0)
  }
}
