import path from 'node:path'
import type { Dataset, Photo, Split } from '../../../shared/dataset.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { EvaluationReport } from '../../../shared/evaluation/report.ts'
import { evaluationReport } from '../../../shared/evaluation/report.ts'
import { openRun } from '../classify/classify.ts'
import { cropsOf } from '../classify/crops.ts'
import { logitsOf } from '../classify/logits.ts'

/** `all`, or the photos of one split. */
export type Part = Split | 'all'

export interface EvaluateRequest {
  home: string
  /** Id, name or folder. */
  run: string
  dataset: Dataset
  part: Part
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

export interface FolderEvaluation {
  report: EvaluationReport
  /** Photos that could not be answered; the report leaves them out. */
  failed: { photo: string; error: PlainError }[]
}

/** Folders copied between systems differ in case, and in how accents and Hangul are composed. */
const folded = (name: string) => name.normalize('NFC').toLowerCase()

/** The index of a class by its name, else by the one that differs from it only so; -1: none, or more than one on either side. */
function classIndex(name: string, among: readonly string[], labels: readonly string[]): number {
  const exact = labels.indexOf(name)
  if (exact !== -1) return exact
  const alike = (names: readonly string[]) => names.filter((it) => folded(it) === folded(name))
  const [label, ...others] = alike(labels)
  return label !== undefined && others.length === 0 && alike(among).length === 1 ? labels.indexOf(label) : -1
}

/** Where each class of the dataset stands among the run's, by name. @throws ThawError run.other-classes */
export function classIndices(
  dataset: Dataset,
  photos: readonly Photo[],
  labels: readonly string[],
  run: string,
): number[] {
  const indices = dataset.classes.map((name) => classIndex(name, dataset.classes, labels))
  const strangers = new Set(photos.filter((photo) => indices[photo.class] === -1).map((photo) => photo.class))
  if (strangers.size === 0) return indices
  const classes = [...strangers].map((it) => `“${dataset.classes[it]}”`).join(', ')
  throw new ThawError('run.other-classes', { run, folder: dataset.folder, classes })
}

/**
 * Lets a run's best weights answer a dataset's photos, whose classes go by their names. The dataset may lack classes of the run.
 * @throws ThawError run.*, run.other-classes, weights.*, backend.none, cancelled
 */
export async function evaluateFolder(request: EvaluateRequest): Promise<FolderEvaluation> {
  const { home, run, dataset, part, signal, onProgress } = request
  const photos = dataset.photos.filter((photo) => part === 'all' || photo.split === part)
  const { compute, opened, labels } = await openRun(home, run)
  try {
    const indices = classIndices(dataset, photos, labels, run)
    const failed: FolderEvaluation['failed'] = []
    const logits = new Float32Array(photos.length * labels.length)
    const targets: number[] = []
    const files = photos.map((photo) => path.resolve(dataset.folder, photo.path))
    let at = 0
    for await (const answer of logitsOf(compute, opened, files, signal, { crops: cropsOf(dataset) })) {
      if ('error' in answer) failed.push(answer)
      else {
        logits.set(answer.logits, targets.length * labels.length)
        targets.push(indices[photos[at]!.class]!)
      }
      at += 1
      onProgress?.({ done: at, total: photos.length })
    }
    return { report: evaluationReport(logits, targets, labels), failed }
  } finally {
    opened.weights.dispose()
  }
}
