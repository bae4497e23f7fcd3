import path from 'node:path'
import type { Parity } from '../../../shared/api/exchange.ts'
import { photosOf } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { spread } from '../../../shared/spread.ts'
import { exists } from '../files.ts'
import { openCompute } from '../backend/compute.ts'
import { openNetwork } from '../model/open.ts'
import { logitsOf } from './logits.ts'

/** Enough to notice any tensor that went wrong, few enough for VGG16 on a small machine. */
const mostPhotos = 64

/** Validation photos of a run that are still there, spread over all classes. */
export async function photosToCompare({ dataset }: RunRecord): Promise<string[]> {
  const all = photosOf(dataset, 'val').map((photo) => path.join(dataset.folder, photo.path))
  const chosen = spread(all, mostPhotos)
  const there = await Promise.all(chosen.map(exists))
  return chosen.filter((_, i) => there[i])
}

export interface AskControl {
  signal?: AbortSignal | undefined
  /** After each answer: counts it, and lets other work go first. */
  onAnswer?: (() => Promise<void> | void) | undefined
}

/** Logits by photo; those that cannot be read are left out. */
export async function answersOf(
  record: RunRecord,
  file: string,
  photos: readonly string[],
  { signal, onAnswer }: AskControl = {},
): Promise<Map<string, Float32Array>> {
  const compute = await openCompute(null, 'exact')
  const { network, weights } = await openNetwork({ backbone: record.network, file })
  const answers = new Map<string, Float32Array>()
  try {
    // A format may not say how photos are prepared; the run does.
    const opened = { network, weights, preparation: record.preparation }
    for await (const answer of logitsOf(compute, opened, photos, signal)) {
      if ('logits' in answer) answers.set(answer.photo, answer.logits)
      await onAnswer?.()
    }
    return answers
  } finally {
    weights.dispose()
  }
}

const largest = (values: Float32Array): number => values.indexOf(Math.max(...values))

/**
 * Reads an exported file again and lets it answer validation photos of its run beside the original.
 * @throws ThawError weights.*, backend.none
 */
export async function comparedOnPhotos(
  record: RunRecord,
  original: string,
  exported: string,
  control: AskControl = {},
): Promise<Parity> {
  const photos = await photosToCompare(record)
  const before = await answersOf(record, original, photos, control)
  const after = await answersOf(record, exported, photos, control)
  const parity: Parity = { photos: before.size, largestLogitDifference: 0, changedAnswers: 0 }
  for (const [photo, expected] of before) {
    const found = after.get(photo)
    if (found?.length !== expected.length)
      throw new ThawError('weights.damaged', { file: exported, reason: 'other-answers' })
    if (largest(found) !== largest(expected)) parity.changedAnswers += 1
    expected.forEach((value, i) => {
      parity.largestLogitDifference = Math.max(parity.largestLogitDifference, Math.abs(value - found[i]!))
    })
  }
  return parity
}
