import path from 'node:path'
import type { AnsweredPhoto, RunAnswers } from '../../../shared/api/evaluation.ts'
import { photosOf } from '../../../shared/dataset.ts'
import type { Split } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { answered, answersOf } from '../../../shared/evaluation/answers.ts'
import { evaluationReport } from '../../../shared/evaluation/report.ts'
import { openRun } from '../classify/classify.ts'
import { logitsOf } from '../classify/logits.ts'
import { photoExtensions } from '../../../shared/photoFiles.ts'
import { readRecord, runFolderOf } from '../store/runFolder.ts'

export interface RunAnswersRequest {
  home: string
  /** Id, name or folder. */
  run: string
  part: Split
}

interface Control {
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
  /** Lets other work go first, between photos. */
  passTurn?: () => Promise<void>
}

/**
 * What a run's best weights answer for each photo of one of its parts, as the run had labels and crops then.
 * @throws ThawError run.*, weights.*, dataset.no-photos, backend.none, cancelled
 */
export async function runAnswers(request: RunAnswersRequest, control: Control = {}): Promise<RunAnswers> {
  const { home, run, part } = request
  const { signal, onProgress, passTurn } = control
  const folder = await runFolderOf(home, run)
  const { dataset, classes } = await readRecord(folder)
  const photos = photosOf(dataset, part)
  if (photos.length === 0)
    throw new ThawError('dataset.no-photos', {
      folder: dataset.folder,
      extensions: photoExtensions.join(' '),
    })
  const files = photos.map((photo) => path.resolve(dataset.folder, photo.path))
  const crops = new Map(photos.flatMap(({ crop }, i) => (crop ? [[files[i]!, crop] as const] : [])))
  const { compute, opened } = await openRun(home, folder)
  try {
    const logits: number[] = []
    const found: typeof photos = []
    let done = 0
    for await (const answer of logitsOf(compute, opened, files, signal, { crops })) {
      if ('logits' in answer) {
        logits.push(...answer.logits)
        found.push(photos[done]!)
      }
      done += 1
      onProgress?.({ done, total: photos.length })
      await passTurn?.()
    }
    const targets = found.map((photo) => photo.class)
    const { logProbabilities, ...rest } = answersOf(logits, targets, classes.length)
    const answers = answered({ logProbabilities, ...rest })
    const share = (row: number, c: number) => Math.exp(logProbabilities[row * classes.length + c]!)
    return {
      part,
      classes,
      photos: found.map((photo, row): AnsweredPhoto => ({
        photo: photo.path,
        truth: photo.class,
        answer: answers[row]!,
        probability: share(row, answers[row]!),
        truthProbability: share(row, photo.class),
      })),
      failed: photos.length - found.length,
      report: evaluationReport(logits, targets, classes),
    }
  } finally {
    opened.weights.dispose()
  }
}
