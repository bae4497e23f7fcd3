import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { photosOf } from '../../../shared/dataset.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import { withClasses } from '../../../shared/model/layers.ts'
import { largestBatch, peakBytes } from '../../../shared/model/cost.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import { viewsOf } from '../../../shared/preparation.ts'
import { spread } from '../../../shared/spread.ts'
import type { Forecast, RunEvent } from '../../../shared/run.ts'
import { openCompute } from '../backend/compute.ts'
import { planFor } from './session.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train.ts'

type Clocked = { event: RunEvent; at: number }[]

/** Photos of a probe with kept features. */
const fewest = 32

const atOf = (clocked: Clocked, wanted: (event: RunEvent) => boolean): number =>
  clocked.find(({ event }) => wanted(event))?.at ?? NaN

const isBatch = (epoch: number, batch: number) => (event: RunEvent) =>
  event.type === 'batch' && event.epoch === epoch && event.batch === batch
const isEpoch = (epoch: number) => (event: RunEvent) => event.type === 'epoch' && event.epoch === epoch

/**
 * What a run will take, by two probe batches: the real thing on a few of the photos, in a folder that is thrown away. Features
 * computed here are kept where the run will look for them.
 */
export async function forecast(options: Omit<TrainOptions, 'name'>): Promise<Forecast> {
  const { config, dataset } = options
  const { batch } = config
  const all = { train: photosOf(dataset, 'train'), val: photosOf(dataset, 'val') }
  // With a fixed set of views the second epoch is the one that shows what all later ones take.
  const fixedViews = config.cache && viewsOf(config.augmentation) !== undefined
  // Small batches go through frozen linear layers together: two alone would seem slow.
  const photos = fixedViews ? Math.max(2 * batch, fewest) : 2 * batch
  const probed = { train: spread(all.train, photos), val: spread(all.val, batch) }
  const probe: Dataset = { ...dataset, photos: [...probed.train, ...probed.val] }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-forecast-'))
  const clocked: Clocked = []
  try {
    const run = train({
      ...options,
      folder: path.join(folder, 'run'),
      dataset: probe,
      isProbe: true,
      config: {
        ...config,
        epochs: fixedViews ? 2 : 1,
        augmentation: fixedViews ? 'none' : config.augmentation,
        thaw: [],
        earlyStopping: null,
      },
    })
    for await (const event of run) clocked.push({ event, at: performance.now() / 1000 })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }

  const { available } = await openCompute(config.threads, config.precision)
  const network = withClasses(networkOf(config.backbone), dataset.classes.length)
  const plan = resolvePlan(network, planFor(config, network, 1))
  const started = atOf(clocked, (event) => event.type === 'started')
  const finished = clocked.at(-1)!.at
  const last = fixedViews ? 2 : 1
  const batches = Math.ceil(probed.train.length / batch)
  const evaluation = (atOf(clocked, isEpoch(0)) - started) / probed.val.length
  const evaluationAgain = (atOf(clocked, isEpoch(1)) - atOf(clocked, isBatch(1, batches))) / probed.val.length
  const firstStart = atOf(clocked, isEpoch(0))
  const perPhoto = (epoch: number, from: number) =>
    (atOf(clocked, isBatch(epoch, batches)) - from) / probed.train.length
  const fresh = perPhoto(1, firstStart)
  const again = last === 2 ? perPhoto(2, atOf(clocked, isEpoch(1))) : fresh
  const saving = finished - atOf(clocked, isEpoch(last))

  const evaluated = all.val.length * evaluationAgain + saving
  const secondsEpoch = all.train.length * again + evaluated
  const views = fixedViews ? Math.min(viewsOf(config.augmentation)!, config.epochs) : 0
  const computedAnew = all.train.length * (fresh - again) * views
  const secondsFirstEpoch = all.train.length * fresh + evaluated
  const total = all.val.length * evaluation + secondsEpoch * config.epochs + computedAnew
  return {
    secondsFirstEpoch,
    secondsEpoch,
    secondsTotal: Math.max(total, 0),
    peakMiB: peakBytes(network, plan, config) / 2 ** 20,
    suggestedBatch: largestBatch(network, plan, config, 0.8 * available()),
  }
}
