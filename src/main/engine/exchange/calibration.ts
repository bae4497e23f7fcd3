import type { CarriedCalibration, CarriedReferences } from '../../../shared/carried.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { spread } from '../../../shared/spread.ts'
import { openCompute } from '../backend/compute.ts'
import type { Matrix } from '../bank/matrix.ts'
import { carriedPhotos, packReferences, referencesFrom } from '../classify/carriedReferences.ts'
import type { KnowledgeRequest } from '../classify/knowledge.ts'
import { askValidation, trainingFeatures } from '../classify/knowledge.ts'
import { openNetwork } from '../model/open.ts'
import { currentFolders, dataPaths } from '../store/paths.ts'

/** As text five megabytes; of more photos than these numbers allow some are taken, spread over all. */
const mostNumbers = 250_000

/** What a file takes along of its run's photos. */
interface OfPhotos {
  calibration: CarriedCalibration
  /** null where no training photo is there any more. */
  references: CarriedReferences | null
}

/**
 * What the run's photos say of its answers, for the file that is handed on: with it another machine can keep the same promise and leave
 * strangers to a person. undefined where no validation photo is there any more.
 * @throws ThawError weights.*, backend.none, cancelled
 */
export async function calibrationOfRun(
  record: RunRecord,
  weights: string,
  signal?: AbortSignal,
): Promise<OfPhotos | undefined> {
  const compute = await openCompute(null, record.config.precision)
  const opened = await openNetwork({ backbone: record.network, file: weights })
  try {
    const labelled = { compute, opened, labels: record.classes, temperature: 1 }
    const references = packReferences(await referenceFeatures({ record, labelled, signal }))
    // Distances to what the file holds, not to what it was rounded from.
    const near = references ? referencesFrom(references) : undefined
    const asked = await askValidation({ record, labelled, mirrored: false, signal }, near)
    return asked && { calibration: fewer(asked, record.classes.length), references }
  } finally {
    opened.weights.dispose()
  }
}

async function referenceFeatures(
  of: Pick<KnowledgeRequest, 'record' | 'labelled' | 'signal'>,
): Promise<Matrix> {
  const { network, weights } = of.labelled.opened
  const { features } = dataPaths(currentFolders())
  const channels = weights.spec(`${network.head}.weight`).shape[1]!
  return trainingFeatures({ ...of, features }, carriedPhotos(channels))
}

function fewer(
  { temperature, targets, probabilities, distances }: CarriedCalibration,
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
    distances: distances.length === 0 ? [] : rows.map((row) => distances[row]!),
  }
}
