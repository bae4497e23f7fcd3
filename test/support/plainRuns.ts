import { afterAll, beforeAll, vi } from 'vitest'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import type { RunSettings } from '../../src/shared/config.ts'
import type { Dataset } from '../../src/shared/dataset.ts'
import { temporaryFolder } from './folder.ts'
import { drawTinyPhotos, tinySettings } from './tinyTraining.ts'

interface PlainRuns {
  path: (...parts: string[]) => string
  home: string
  /** A folder's name that no run has yet. */
  newRun: () => string
  /** The newest of these. */
  lastRun: () => string
  /** There once tests run. */
  readonly dataset: Dataset
  /** Of a head that learns alone, in batches of eight, with the photos as they are. */
  readonly settings: RunSettings
}

/** What runs of `tiny-bn` in plain JavaScript begin with, in a folder that is gone afterwards: no native library, some seconds for all. */
export function plainRuns(train = 20, val = 6): PlainRuns {
  const { path } = temporaryFolder()
  let dataset: Dataset
  let settings: RunSettings
  let runs = 0

  beforeAll(async () => {
    vi.stubEnv('THAW_BACKEND', 'cpu')
    vi.stubEnv('THAW_HOME', path('home'))
    vi.stubEnv('THAW_CACHE', path('cache'))
    await drawTinyPhotos(path('photos'), train, val)
    dataset = await scanDataset(path('photos'), { seed: 1, threads: 1 })
    settings = {
      ...(await tinySettings(path('weights'), 'tiny-bn')),
      ...{ augmentation: 'none', batch: 8, threads: 1, plan: { fc: 0.1 } },
    }
  })
  afterAll(() => vi.unstubAllEnvs())

  return {
    path,
    get home() {
      return path('home')
    },
    newRun: () => path(`run-${(runs += 1)}`),
    lastRun: () => path(`run-${runs}`),
    get dataset() {
      return dataset
    },
    get settings() {
      return settings
    },
  }
}
