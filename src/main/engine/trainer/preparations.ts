import type { RunConfig } from '../../../shared/config.ts'
import { forTraining } from '../datasets/openDataset.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import { readOpened } from '../store/datasets.ts'
import type { DataPaths } from '../store/paths.ts'
import { readSettings } from '../store/settings.ts'

/** What a run begins with, from a dataset's id and the settings of the wizard. */
export class Preparations {
  private readonly home: string
  private readonly paths: DataPaths

  constructor(home: string, paths: DataPaths) {
    this.home = home
    this.paths = paths
  }

  /** @throws ThawError not-found, dataset.* */
  async runOf({ dataset: id, config: given }: { dataset: string; config: RunConfig }) {
    const threads = given.threads ?? (await readSettings(this.paths.settings)).threads
    const config: RunConfig = { ...given, threads }
    const dataset = forTraining(await readOpened(this.paths.datasets, id), config.seed)
    requireTrainable(dataset)
    return { home: this.home, dataset, config }
  }
}
