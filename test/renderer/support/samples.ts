import type { DatasetSummary, PhotoItem } from '../../../src/shared/api/datasets.ts'
import type { WeightsEntry } from '../../../src/shared/api/models.ts'
import type { RunDetails } from '../../../src/shared/api/runs.ts'
import { RunConfig } from '../../../src/shared/config.ts'
import { architectureOf } from '../../../src/shared/model/registry.ts'
import { emptyConfusion, scoreOf, sparseConfusion } from '../../../src/shared/metrics.ts'
import { recipePreparation } from '../../../src/shared/preparation.ts'
import type { Environment, RunEvent, RunSummary } from '../../../src/shared/run.ts'

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
  test: [0, 0],
  unlabelled: 0,
  leftOut: 0,
  otherPictures: 0,
  missingSource: null,
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
  preparation: architectureOf('efficientnet-lite0').preparation,
  present: true,
}

/** Names that a careless page would run, turn around or cut in two. */
export const awkwardNames = ['<img src=x onerror=alert(1)>', '\u202eseeb', 'נמלים', '아주 긴 "따옴표" 이름']

export const aPhoto = (index: number, path = `train/ants/${index}.jpg`): PhotoItem => ({
  index,
  id: `d.insects.${index}`,
  path,
  class: 0,
  out: false,
  split: 'train',
  bytes: 70_000,
  modified: 0,
  width: 500,
  height: 375,
})

export const someRun: RunSummary = {
  id: '20261124T080000-abcd',
  name: 'insects',
  folder: '/data/runs/20261124T080000-abcd',
  created: '2026-11-24T08:00:00Z',
  state: 'finished',
  network: 'efficientnet-lite0',
  plan: 'head-only',
  dataset: '/photos/insects',
  classes: ['ants', 'bees'],
  epochs: 2,
  epoch: 2,
  learns: 2562,
  total: 3_373_570,
  best: { ...scoreOf(24, 147, 153), epoch: 1 },
  last: scoreOf(27, 146, 153),
  curve: [0.9, 0.95],
  seconds: 22,
  bytes: 28_000_000,
}

const environment: Environment = {
  thaw: '0.1.0',
  backend: 'tensorflow',
  backendVersion: '2.21.0',
  device: 'AMD EPYC',
  gpu: null,
  threads: 2,
  precision: 'exact',
  node: '24.21.0',
  platform: 'linux',
  cpuFeatures: [],
}

export const someDetails = (summary: RunSummary = someRun): RunDetails => ({
  summary,
  config: RunConfig.parse({ epochs: summary.epochs }),
  preparation: recipePreparation,
  environment,
  weights: { file: '/vendor/efficientnet-lite0.pth', sha256: '00', headReplaced: true },
  dataset: {
    folder: '/photos/insects',
    place: '/photos/insects',
    layout: 'split-folders',
    train: 244,
    val: 153,
    unreadable: 0,
  },
})

const epochEvent = (epoch: number, correct: number, confusion: number[][]): RunEvent => ({
  type: 'epoch',
  epoch,
  train: epoch === 0 ? null : scoreOf(60, 230, 244),
  val: scoreOf(153 / (epoch + 1), correct, 153),
  confusion: sparseConfusion(confusion),
  learningRates: [1e-2],
  seconds: 3,
  best: epoch === 1,
})

/** Two epochs of `someRun`, all but its end. */
export function someEvents({ classes, id, folder, epochs }: RunSummary = someRun): RunEvent[] {
  const confusion = emptyConfusion(classes.length)
  confusion[0]![0] = 67
  confusion[0]![1] = 3
  confusion[1]![0] = 3
  confusion[1]![1] = 80
  return [
    {
      type: 'plan',
      network: 'efficientnet-lite0',
      epoch: 1,
      frozen: ['conv_stem.weight'],
      learns: 2562,
      total: 3_373_570,
      cut: 'global_pool',
      cached: ['val'],
      groups: [
        {
          name: 'classifier',
          nodes: ['classifier'],
          learningRate: 1e-2,
          parameters: ['classifier.weight'],
          count: 2560,
        },
      ],
    },
    {
      type: 'started',
      run: id,
      folder,
      environment,
      classes,
      train: 244,
      val: 153,
      unreadable: 0,
      epochs,
      epoch: 0,
      batch: 32,
      seed: 1234,
    },
    epochEvent(0, 72, confusion),
    {
      type: 'batch',
      epoch: 1,
      batch: 4,
      batches: 8,
      loss: 0.5,
      accuracy: 0.8,
      batchLoss: 0.4,
      photosPerSecond: 36.6,
      secondsLeft: 75,
      learningRates: [1e-2],
    },
    epochEvent(1, 147, confusion),
    epochEvent(2, 146, confusion),
  ]
}

export const finishedEvent: RunEvent = {
  type: 'finished',
  run: someRun.id,
  folder: someRun.folder,
  best: { epoch: 1, accuracy: 147 / 153, correct: 147, total: 153, loss: 0.16, interval: [0.917, 0.982] },
  seconds: 22,
  peakMiB: 900,
}
