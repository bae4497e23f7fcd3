import type { CarriedCalibration } from '../../../shared/carried.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { spread } from '../../../shared/spread.ts'
import { openCompute } from '../backend/compute.ts'
import { askValidation } from '../classify/knowledge.ts'
import { openNetwork } from '../model/open.ts'

/** As text five megabytes; of more photos than these numbers allow some are taken, spread over all. */
const mostNumbers = 250_000

/**
 * What the run's validation photos say of its answers, for the file that is handed on: with it another machine can keep the same promise.
 * undefined where none of these photos is there any more.
 * @throws ThawError weights.*, backend.none, cancelled
 */
export async function calibrationOfRun(
  record: RunRecord,
  weights: string,
  signal?: AbortSignal,
): Promise<CarriedCalibration | undefined> {
  const compute = await openCompute(null, record.config.precision)
  const opened = await openNetwork({ backbone: record.network, file: weights })
  try {
    const labelled = { compute, opened, labels: record.classes, temperature: 1 }
    const asked = await askValidation({ record, labelled, mirrored: false, signal })
    return asked && fewer(asked, record.classes.length)
  } finally {
    opened.weights.dispose()
  }
}

function fewer(
  { temperature, targets, probabilities }: CarriedCalibration,
  classes: number,
): CarriedCalibration {
  const rows = spread(
    targets.map((_, row) => row),
    Math.max(1, Math.floor(mostNumbers / classes)),
  )
  return {
    temperature,
    targets: rows.map((row) => targets[row]!),
    probabilities: rows.flatMap((row) => probabilities.slice(row * classes, (row + 1) * classes)),
  }
}
