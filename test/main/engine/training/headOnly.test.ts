import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portableKernels } from '../../../../src/main/engine/backend/kernels/portable.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import { scanDataset } from '../../../../src/main/engine/datasets/scan.ts'
import { Model } from '../../../../src/main/engine/model/network.ts'
import { Weights } from '../../../../src/main/engine/model/weights.ts'
import { ViewWorkers } from '../../../../src/main/engine/preprocess/workers/viewWorkers.ts'
import type { Batch } from '../../../../src/main/engine/training/features.ts'
import { Features } from '../../../../src/main/engine/training/features.ts'
import { Learner } from '../../../../src/main/engine/training/learner.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { photosOf } from '../../../../src/shared/dataset.ts'
import type { Dataset } from '../../../../src/shared/dataset.ts'
import { resolvePlan } from '../../../../src/shared/model/plan.ts'
import type { Network } from '../../../../src/shared/model/spec.ts'
import { formula } from '../../../support/golden.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { drawTinyPhotos } from '../../../support/tinyTraining.ts'

/** As EfficientNet and MobileNet end: what is pooled goes through a dropout, and the head alone learns. */
const network: Network = {
  name: 'tiny-dropout',
  title: 'Tiny dropout',
  size: 8,
  classes: 2,
  head: 'classifier.1',
  body: 'features',
  middle: [],
  parts: ['features', 'classifier'],
  layers: [
    {
      ...{ kind: 'conv', name: 'features.0', in: 3, out: 16, kernel: 3, stride: 1, padding: 1 },
      ...{ groups: 1, bias: false },
    },
    { kind: 'batchnorm', name: 'features.1', features: 16, eps: 1e-5, momentum: 0.1 },
    { kind: 'relu', name: 'features.2' },
    { kind: 'avgpool', name: 'avgpool', size: 1 },
    { kind: 'flatten', name: '' },
    { kind: 'dropout', name: 'classifier.0', p: 0.25 },
    { kind: 'linear', name: 'classifier.1', in: 16, out: 2 },
  ],
}

const preparation = {
  ...{ resize: 8, crop: 8, interpolation: 'bilinear' as const },
  ...{
    mean: [0.5, 0.5, 0.5] as [number, number, number],
    std: [0.25, 0.25, 0.25] as [number, number, number],
  },
}
const folder = temporaryFolder()
const weights = new Weights(network)
const model = new Model(network, weights, portableKernels('cpu'))
const plan = resolvePlan(network, { 'classifier.1': { learningRate: 0.1 } })
const cut = model.cutOf(plan)
const config = RunConfig.parse({ batch: 4 })
const perEpoch = 3
let dataset: Dataset
let workers: ViewWorkers

const featuresOf = (split: 'train' | 'val', prefix: number) =>
  new Features({
    ...{ model, workers, preparation, augmentation: 'none', seed: 1, split, prefix, keep: true },
    ...{ memory: 1e6, store: undefined, folder: dataset.folder },
  })

const listed = (values: ArrayLike<number>): number[] => Array.from(values)

/** What the head learns from in an epoch: as it is kept, and after the dropout. */
async function epochOf(features: Features, epoch: number): Promise<{ kept: number[]; dropped: number[] }> {
  const photos = photosOf(dataset, 'train')
  const order = [...photos.keys()]
  const [kept, dropped]: number[][] = [[], []]
  for await (const { x } of features.batches(photos, order, { epoch, batch: 4 })) {
    kept!.push(...listed(x.dataSync()))
    x.dispose()
  }
  const learner = new Learner(model, config, [6, 6])
  const batches = features.batches(photos, order, { epoch, batch: 4 })
  const from = { first: 0, step: (epoch - 1) * perEpoch }
  for await (const { x } of learner.drawn(batches, { plan, cut }, from)) {
    dropped!.push(...listed(x.dataSync()))
    x.dispose()
  }
  learner.dispose()
  return { kept: kept!, dropped: dropped! }
}

describe('A head behind a dropout', () => {
  beforeAll(async () => {
    weights.specs.forEach(({ name, shape }, i) =>
      weights.put(name, name.endsWith('running_var') ? formula(shape, i, 0).fill(1) : formula(shape, i, 0.5)),
    )
    await drawTinyPhotos(folder.path('photos'), 12, 4)
    dataset = await scanDataset(folder.path('photos'), { seed: 1, threads: 1 })
    workers = await ViewWorkers.open({ threads: 1, folder: dataset.folder, preparation })
  })
  afterAll(() => workers.close())

  it('keeps what is below the dropout for training, and what is above it for the validation', () => {
    expect(cut).toMatchObject({ names: { prefix: 'avgpool', learning: 'classifier.0' } })
    expect(featuresOf('val', cut.learning).isFixed).toBe(true)
  })

  it('learns from the same features each epoch, of which another quarter is dropped each time', async () => {
    const fixed = featuresOf('train', cut.prefix)
    expect(fixed.isFixed).toBe(true)
    const [first, second, again] = [await epochOf(fixed, 1), await epochOf(fixed, 2), await epochOf(fixed, 1)]
    expect(second.kept).toEqual(first.kept)
    expect(second.dropped).not.toEqual(first.dropped)
    // By the run's seed and the step, so that a run that goes on drops the same ones.
    expect(again.dropped).toEqual(first.dropped)
    for (const { kept, dropped } of [first, second]) {
      dropped.forEach((value, i) => {
        if (value !== 0) expect(value).toBeCloseTo(kept[i]! / 0.75, 5)
      })
      const gone = dropped.filter((value, i) => value === 0 && kept[i] !== 0).length
      expect(gone / kept.filter((value) => value !== 0).length).toBeGreaterThan(0.1)
      expect(gone / kept.filter((value) => value !== 0).length).toBeLessThan(0.4)
    }
  })

  it('drops others in each part that a batch is computed in', async () => {
    const learner = new Learner(model, RunConfig.parse({ batch: 8, accumulate: 2 }), [6, 6])
    async function* batches(): AsyncGenerator<Batch, void> {
      await nextTurn()
      yield { x: tf.ones([8, 16]), indices: [0, 1, 2, 3, 4, 5, 6, 7], ahead: 0 }
    }
    for await (const { x } of learner.drawn(batches(), { plan, cut }, { first: 0, step: 0 })) {
      const values = listed(x.dataSync())
      expect(values.slice(0, 64)).not.toEqual(values.slice(64))
      x.dispose()
    }
    learner.dispose()
  })

  it('is evaluated without dropping anything', async () => {
    const photos = photosOf(dataset, 'val')
    const rowsOf = async (prefix: number) => {
      const rows: number[] = []
      for await (const { x } of featuresOf('val', prefix).batches(photos, [...photos.keys()], {
        epoch: 1,
        batch: 4,
      })) {
        rows.push(...listed(x.dataSync()))
        x.dispose()
      }
      return rows
    }
    expect(await rowsOf(cut.learning)).toEqual(await rowsOf(cut.prefix))
  })
})
