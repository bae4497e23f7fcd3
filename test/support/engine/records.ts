import { RunConfig } from '../../../src/shared/config.ts'
import type { Dataset } from '../../../src/shared/dataset.ts'
import { recipePreparation } from '../../../src/shared/preparation.ts'
import type { Environment, RunEventOf, RunRecord } from '../../../src/shared/run.ts'

export const environment: Environment = {
  thaw: '0.0.0',
  backend: 'cpu',
  backendVersion: '0',
  device: 'none',
  gpu: null,
  threads: 1,
  precision: 'exact',
  node: process.versions.node,
  platform: process.platform,
  cpuFeatures: [],
}

export const planEvent: RunEventOf<'plan'> = {
  type: 'plan',
  network: 'efficientnet-lite0',
  epoch: 1,
  groups: [],
  frozen: [],
  learns: 10,
  total: 20,
  cut: null,
  cached: [],
}

const noDataset: Dataset = {
  folder: '/nowhere',
  layout: 'split-folders',
  classes: ['a', 'b'],
  photos: [],
  unreadable: [],
}

/** A run.json as training writes it. */
export function aRecord(parts: {
  id: string
  name?: string
  dataset?: Dataset
  config?: RunConfig
}): RunRecord {
  const { id, name = id, dataset = noDataset, config = RunConfig.parse({}) } = parts
  const { folder, layout, photos, unreadable } = dataset
  return {
    format: 1,
    id,
    name,
    created: '2026-01-01T00:00:00.000Z',
    config,
    network: config.backbone,
    classes: dataset.classes,
    preparation: recipePreparation,
    dataset: { folder, layout, photos, unreadable: unreadable.length },
    weights: { file: '/weights.pth', sha256: '00', headReplaced: true },
    environment,
  }
}
