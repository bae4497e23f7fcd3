import type { JobStore } from '../jobs/jobStore.ts'
import type { Emit, PartHandlers } from '../child/answerParent.ts'
import type { PhotoPool } from '../preprocess/workers/pool.ts'
import type { Filings } from '../filing/filings.ts'
import type { Classifications } from './keptClassifications.ts'
import type { Connections } from '../store/connections.ts'
import type { Datasets } from '../store/datasets.ts'
import type { DataPaths } from '../store/paths.ts'
import type { RunMarkFile } from '../store/runMarks.ts'
import type { Runs } from '../store/runs.ts'
import type { WeightFiles } from '../store/weightFiles.ts'
import type { Findings } from '../store/findings.ts'
import type { FeatureModels } from '../store/featureModels.ts'
import type { Relations } from '../store/relations.ts'
import type { Evaluations } from '../store/evaluations.ts'
import type { DatasetFigures } from './figures.ts'
import type { Foreground } from './foreground.ts'
import type { Pictures } from './pictures.ts'

/** What the library's handlers work with. */
export interface Library {
  paths: DataPaths
  emit: Emit
  datasets: Datasets
  runs: Runs
  runMarks: RunMarkFile
  weightFiles: WeightFiles
  connections: Connections
  jobs: JobStore
  foreground: Foreground
  pictures: Pictures
  classifications: Classifications
  filings: Filings
  findings: Findings
  relations: Relations
  featureModels: FeatureModels
  evaluations: Evaluations
  figures: DatasetFigures
  /** Threads that compute views; started when they are first needed. */
  pool: () => Promise<PhotoPool>
}

export type LibraryHandlers = PartHandlers<'library'>
