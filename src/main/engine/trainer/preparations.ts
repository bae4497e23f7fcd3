import type { RunConfig } from '../../../shared/config.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import { readDataset } from '../store/datasets.ts'
import type { DataPaths } from '../store/paths.ts'
import { readSettings } from '../store/settings.ts'
import { resplit } from './resplit.ts'

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
    const { dataset } = await readDataset(this.paths.datasets, id)
    const split: Dataset = resplit(dataset, config.seed)
    requireTrainable(split)
    return { home: this.home, dataset: split, config }
  }
}
