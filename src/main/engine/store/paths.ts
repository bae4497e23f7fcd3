import os from 'node:os'
import path from 'node:path'
import type { Folders } from '../../../shared/folders.ts'
import { dataFolders } from '../../../shared/folders.ts'
import { environment } from '../environment.ts'

/** The data folder and the cache folder of this process, absolute. */
export function currentFolders(env = environment()): Folders {
  const { home, cache } = dataFolders({
    env,
    platform: process.platform,
    userHome: os.homedir(),
  })
  return { home: path.resolve(home), cache: path.resolve(cache) }
}

/** Everything that lies in the data folder and the cache folder, by name. */
export function dataPaths({ home, cache }: Folders) {
  const inHome = (name: string) => path.join(home, name)
  const inCache = (name: string) => path.join(cache, name)
  return {
    catalogue: inHome('catalogue.sqlite'),
    settings: inHome('settings.json'),
    draft: inHome('draft.json'),
    /** A file a dataset, as it was scanned last. */
    datasets: inHome('datasets'),
    /** What checks found, see findings.ts. */
    findings: inHome('findings'),
    /** Which network looks at each dataset's photos, see store/featureModels.ts. */
    featureModels: inHome('feature-models.json'),
    runs: inHome('runs'),
    /** Files that a browser sent, see host/uploads.ts; they are swept. */
    uploads: inHome('uploads'),
    trash: inHome('trash'),
    /** A person's remarks on runs, see store/runMarks.ts. */
    runMarks: inHome('run-marks.json'),
    weights: inHome('weights'),
    /** The GPU pack, see gpu/install.ts. */
    gpu: inHome('gpu'),
    /** Sets that Thaw itself made or fetched. */
    samples: inHome('samples'),
    /** Lists of what is to be done with photos, and what has been, see filing/filings.ts. */
    filings: inHome('filings'),
    /** Long work that runs, waits or has ended, see jobs/jobStore.ts. */
    jobs: inHome('jobs'),
    /** What was classified, see store/classifications.ts. */
    classifications: inHome('classifications'),
    /** What runs' own photos say of their answers, see classify/knowledge.ts. */
    knowledge: inCache('knowledge'),
    /** What runs answered photo by photo, see evaluations.ts. */
    evaluations: inCache('evaluations'),
    thumbnails: inCache('thumbnails'),
    views: inCache('views'),
    /** Verdicts on photos, see datasets/verdicts.ts. */
    scans: inCache('scans'),
    /** What networks gave for photos, see bank/featureStore.ts. */
    features: inCache('features'),
    /** How the photos of a dataset lie to each other, see store/relations.ts. */
    relations: inCache('relations'),
    selections: inCache('selections'),
    exports: inCache('exports'),
    /** What networks did a second here, see store/speeds.ts. */
    speeds: inCache('speeds.json'),
  }
}
export type DataPaths = ReturnType<typeof dataPaths>

/** Weight files that were removed, until the trash is emptied. */
export const trashedWeights = ({ trash }: Pick<DataPaths, 'trash'>): string => path.join(trash, 'weights')
