import type { Folders } from '../../../shared/folders.ts'
import { JobStore } from '../jobs/jobStore.ts'
import { workHandler } from '../jobs/works.ts'
import type { Emit } from '../child/answerParent.ts'
import { PhotoPool } from '../preprocess/workers/pool.ts'
import { openCatalogue } from '../store/catalogue.ts'
import { catalogueError } from '../store/sqliteErrors.ts'
import { Connections } from '../store/connections.ts'
import { Datasets } from '../store/datasets.ts'
import { removeLeftovers } from '../store/leftovers.ts'
import { removeUnneededCopies } from '../store/unneededCopies.ts'
import { dataPaths } from '../store/paths.ts'
import { RunMarkFile } from '../store/runMarks.ts'
import { Runs } from '../store/runs.ts'
import { WeightFiles } from '../store/weightFiles.ts'
import { Findings } from '../store/findings.ts'
import { FeatureModels } from '../store/featureModels.ts'
import { Relations } from '../store/relations.ts'
import { Evaluations } from '../store/evaluations.ts'
import { Filings } from '../filing/filings.ts'
import { classificationHandlers } from './classifications.ts'
import { filingHandlers, followAll } from './filings.ts'
import { Classifications } from './keptClassifications.ts'
import { appHandlers } from './app.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { datasetHandlers } from './datasets.ts'
import { decisionHandlers } from './decisions.ts'
import { exportHandlers } from './exports.ts'
import { featureHandlers } from './features.ts'
import { findingHandlers } from './findings.ts'
import { DatasetFigures } from './figures.ts'
import { Foreground } from './foreground.ts'
import { relationHandlers } from './relations.ts'
import { fileHandlers } from './files.ts'
import { groupHandlers } from './groups.ts'
import { gpuHandlers } from './gpu.ts'
import { modelHandlers } from './models.ts'
import { Pictures } from './pictures.ts'
import { previewHandlers } from './previews.ts'
import { runMarkHandlers } from './runMarks.ts'
import { evaluationHandlers } from './evaluations.ts'
import { runHandlers } from './runs.ts'
import { sampleHandlers } from './samples.ts'
import { libraryWorks } from './works.ts'

/** Two threads leave a small machine enough to train with. */
const viewThreads = 2

export interface OpenLibrary {
  handlers: LibraryHandlers
  close: () => Promise<void>
}

/** A disk that fills up while the catalogue is written is told as what it is. */
function tellingOfTheDisk(handlers: LibraryHandlers, catalogue: string): LibraryHandlers {
  const guarded = Object.entries(handlers).map(([name, handler]) => {
    const guard = async (...given: Parameters<typeof handler>): Promise<unknown> => {
      try {
        return await (handler as (...given: unknown[]) => unknown)(...given)
      } catch (error) {
        throw catalogueError(error, catalogue)
      }
    }
    return [name, guard]
  })
  return Object.fromEntries(guarded) as LibraryHandlers
}

/** Opens the catalogue and everything that the library answers with. @throws ThawError catalogue.newer, output.unwritable */
export async function openLibrary(folders: Folders, emit: Emit): Promise<OpenLibrary> {
  const paths = dataPaths(folders)
  const { database, setAside } = openCatalogue(paths.catalogue)
  if (setAside !== undefined)
    console.error(`The catalogue could not be read and is made anew; the old one is kept as ${setAside}.`)
  // Beside what is asked for: nothing waits for it.
  const tidying = Promise.all([removeLeftovers(folders), removeUnneededCopies(folders)])
  const datasets = await Datasets.open(database, paths)
  let pool: Promise<PhotoPool> | undefined
  const runs = new Runs(database, paths)
  const runMarks = new RunMarkFile(paths.runMarks)
  const findings = new Findings(paths.findings)
  const relations = new Relations(paths.relations)
  const featureModels = new FeatureModels(paths.featureModels)
  const evaluations = new Evaluations(paths.evaluations)
  const foreground = new Foreground()
  const filings = new Filings(paths.filings, [folders.home, folders.cache])
  const classifications = new Classifications(paths.classifications, filings)
  const library: Library = {
    paths,
    emit,
    datasets,
    runs,
    ...{ runMarks, findings, relations, featureModels, evaluations },
    figures: new DatasetFigures({ datasets, runs, findings, relations, evaluations }),
    weightFiles: new WeightFiles(database),
    connections: new Connections(database),
    jobs: new JobStore(paths.jobs),
    foreground,
    pictures: new Pictures(datasets, paths, classifications, foreground),
    ...{ classifications, filings },
    pool: () => (pool ??= PhotoPool.open({ threads: viewThreads })),
  }
  await followAll(library)
  const handlers: LibraryHandlers = {
    ...appHandlers(library),
    ...fileHandlers(library),
    ...gpuHandlers(library),
    ...datasetHandlers(library),
    ...featureHandlers(library),
    ...findingHandlers(library),
    ...relationHandlers(library),
    ...decisionHandlers(library),
    ...groupHandlers(library),
    ...previewHandlers(library),
    ...sampleHandlers(library),
    ...modelHandlers(library),
    ...runHandlers(library),
    ...runMarkHandlers(library),
    ...evaluationHandlers(library),
    ...exportHandlers(library),
    ...classificationHandlers(library),
    ...filingHandlers(library),
    'library.work': workHandler(libraryWorks(library)),
    'jobs.keep': async ({ records, forget }) => {
      await library.jobs.keep(records, forget)
      return {}
    },
    'jobs.inherit': async () => ({ records: await library.jobs.inherit() }),
    'pictures.file': async ({ picture, ...wanted }, { signal }) => {
      const found = await library.pictures.file(picture, wanted, signal)
      return 'file' in found ? found : { ...found, bytes: found.bytes.toString('base64') }
    },
  }
  return {
    handlers: tellingOfTheDisk(handlers, paths.catalogue),
    close: async () => {
      await (await pool)?.close()
      await tidying
      await library.pictures.close()
      await library.jobs.close()
      database.close()
    },
  }
}
