import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { photosOf } from '../../../shared/dataset.ts'
import type { Dataset, SeenSplit } from '../../../shared/dataset.ts'
import { onPhotosOf, withClasses } from '../../../shared/model/layers.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import { viewsOf } from '../../../shared/augmentation.ts'
import { spread } from '../../../shared/spread.ts'
import type { Forecast, RunEvent } from '../../../shared/run.ts'
import { openCompute } from '../backend/compute.ts'
import { readRecord } from '../store/runFolder.ts'
import { rowsAtOnce } from '../model/fixedPart.ts'
import { isBestWaiting } from './bestWeights.ts'
import { memoryOf, secondsOf } from './forecastFormula.ts'
import type { EpochTimes } from './forecastFormula.ts'
import { planFor } from '../../../shared/planFor.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train.ts'

type Clocked = { event: RunEvent; at: number }[]

const atOf = (clocked: Clocked, wanted: (event: RunEvent) => boolean): number =>
  clocked.find(({ event }) => wanted(event))?.at ?? NaN

const isBatch = (epoch: number, batch: number) => (event: RunEvent) =>
  event.type === 'batch' && event.epoch === epoch && event.batch === batch
const isEpoch = (epoch: number) => (event: RunEvent) => event.type === 'epoch' && event.epoch === epoch
const isCheckpoint = (epoch: number) => (event: RunEvent) =>
  event.type === 'checkpoint' && event.epoch === epoch

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
  const network = withClasses(networkOf(config.backbone), dataset.classes.length)
  const plan = resolvePlan(network, planFor(config, network, 1))
  // Small batches go through the frozen part together: two alone would seem slow.
  const atLeast = plan.learns < plan.total ? rowsAtOnce : 0
  const probed = {
    train: spread(all.train, Math.max(2 * batch, atLeast)),
    val: spread(all.val, Math.max(batch, atLeast)),
  }
  const probe: Dataset = { ...dataset, photos: [...probed.train, ...probed.val] }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-forecast-'))
  const clocked: Clocked = []
  let side = network.size
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
    side = (await readRecord(path.join(folder, 'run'))).preparation.crop
  } finally {
    await rm(folder, { recursive: true, force: true })
  }

  const { available } = await openCompute(config.threads, config.precision)
  return {
    ...estimate(clocked, {
      probed: { train: probed.train.length, val: probed.val.length },
      all: { train: all.train.length, val: all.val.length },
      batches: Math.ceil(probed.train.length / batch),
      epochs: config.epochs,
      views: fixedViews ? viewsOf(config.augmentation)! : null,
      savesAtEnd: isBestWaiting(4 * plan.learns),
    }),
    ...memoryOf(onPhotosOf(network, side), plan, config, {
      photos: all.train.length,
      available: available(),
    }),
  }
}

/**
 * The whole run's seconds, from when the events of a probe came.
 * @param run photos of the probe and of the whole; the probe's batches; epochs; how many views of a training photo are kept, null
 * if it has a new one each epoch; whether weights are written only once
 */
export function estimate(
  clocked: Clocked,
  run: {
    probed: Record<SeenSplit, number>
    all: Record<SeenSplit, number>
    batches: number
    epochs: number
    views: number | null
    savesAtEnd: boolean
  },
): EpochTimes {
  const { probed, all, batches, epochs, views } = run
  const last = views === null ? 1 : 2
  const started = atOf(clocked, (event) => event.type === 'started')
  const finished = clocked.at(-1)!.at
  const evaluation = (atOf(clocked, isEpoch(0)) - started) / probed.val
  const evaluationAgain = (atOf(clocked, isEpoch(1)) - atOf(clocked, isBatch(1, batches))) / probed.val
  const perPhoto = (epoch: number, from: number) =>
    (atOf(clocked, isBatch(epoch, batches)) - from) / probed.train
  const fresh = perPhoto(1, atOf(clocked, isEpoch(0)))
  const again = last === 2 ? perPhoto(2, atOf(clocked, isCheckpoint(1))) : fresh
  const atEnd = finished - atOf(clocked, isEpoch(last))
  return secondsOf(
    {
      ...{ evaluation, evaluationAgain, fresh, again },
      savingEach: run.savesAtEnd ? 0 : atEnd,
      savingOnce: run.savesAtEnd ? atEnd : 0,
    },
    { all, epochs, views },
  )
}
