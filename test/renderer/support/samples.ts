import type { DatasetSummary } from '../../../src/shared/api/datasets.ts'
import type { WeightsEntry } from '../../../src/shared/api/models.ts'

export const someDataset: DatasetSummary = {
  id: 'insects',
  name: 'insects',
  folder: '/photos/insects',
  layout: 'split-folders',
  classes: ['ants', 'bees'],
  added: '2026-11-24T08:00:00Z',
  scanned: '2026-11-24T08:00:00Z',
  train: [123, 121],
  val: [70, 83],
  unreadable: 0,
  present: true,
  problem: null,
}

export const starterWeights: WeightsEntry = {
  id: 'starter',
  source: 'starter',
  file: '/vendor/efficientnet-lite0.pth',
  bytes: 18_600_000,
  network: 'efficientnet-lite0',
  classes: 1000,
  origin: null,
  licence: null,
  present: true,
}
