import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { portableKernels } from '../../../../src/main/engine/backend/kernels/portable.ts'
import type { FeatureKey } from '../../../../src/main/engine/bank/featureStore.ts'
import { FeatureStore } from '../../../../src/main/engine/bank/featureStore.ts'
import { scanDataset } from '../../../../src/main/engine/datasets/scan.ts'
import { Model } from '../../../../src/main/engine/model/network.ts'
import { openNetwork } from '../../../../src/main/engine/model/open.ts'
import type { OpenedNetwork } from '../../../../src/main/engine/model/open.ts'
import { ViewWorkers } from '../../../../src/main/engine/preprocess/workers/viewWorkers.ts'
import { Features } from '../../../../src/main/engine/training/features.ts'
import { photosOf } from '../../../../src/shared/dataset.ts'
import type { Dataset } from '../../../../src/shared/dataset.ts'
import type { Preparation } from '../../../../src/shared/preparation.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../../../support/tinyTraining.ts'

const folder = temporaryFolder()
let workers: ViewWorkers
let dataset: Dataset
let opened: OpenedNetwork
let preparation: Preparation
const key = (): FeatureKey => ({ weights: 'w', cut: 'c', preparation, environment: [] })

const featuresWith = (prefix: number, memory: number, store: FeatureStore | undefined): Features =>
  new Features({
    ...{ model: new Model(opened.network, opened.weights, portableKernels('cpu')), workers, preparation },
    ...{ augmentation: 'none', seed: 1, split: 'train', prefix, keep: true, memory, store },
    folder: dataset.folder,
  })

/** All that training sees of the photos in one epoch, and for how many of them something had to be computed. */
async function onceThrough(
  features: Features,
  photos = photosOf(dataset, 'train'),
): Promise<{ values: number[]; computed: number }> {
  const order = photos.map((_, i) => (i * 5) % photos.length)
  const asked = vi.spyOn(workers, 'views')
  const values: number[] = []
  try {
    for await (const { x, indices } of features.batches(photos, order, { epoch: 1, batch: 4 })) {
      expect(x.shape[0]).toBe(indices.length)
      values.push(...x.dataSync())
      x.dispose()
    }
    return { values, computed: asked.mock.calls.reduce((sum, [jobs]) => sum + [...jobs].length, 0) }
  } finally {
    asked.mockRestore()
  }
}

async function epochOf(prefix: number): Promise<number[]> {
  const store = await FeatureStore.open(folder.path('features'), key())
  const { values } = await onceThrough(featuresWith(prefix, 0, store))
  await store?.close()
  return values
}

describe('Training on kept features', () => {
  beforeAll(async () => {
    await drawTinyPhotos(folder.path('photos'), 13, 4)
    dataset = await scanDataset(folder.path('photos'), { seed: 1 })
    const settings = await tinySettings(folder.path('weights'), 'tiny-vgg')
    preparation = settings.preparation!
    opened = await openNetwork({ backbone: 'tiny-vgg', file: settings.weights! })
    workers = await ViewWorkers.open({ threads: 1, folder: dataset.folder, preparation })
  })
  afterAll(() => workers.close())

  it.each([3, 7])(
    'goes on, with the same bits, where what was kept is damaged (%i steps)',
    async (prefix) => {
      const first = await epochOf(prefix)
      expect(await epochOf(prefix)).toEqual(first)
      const rows = (await readdir(folder.path('features'))).find((name) => name.endsWith('.rows'))!
      const file = path.join(folder.path('features'), rows)
      const bytes = await readFile(file)
      // The first row and one in the middle are zeros now, the last is cut off.
      bytes.fill(0, 0, 4).fill(0, bytes.length / 2, bytes.length / 2 + 40)
      await writeFile(file, bytes.subarray(0, bytes.length - 9))
      expect(await epochOf(prefix)).toEqual(first)
      await writeFile(file, '')
      await writeFile(file.replace('.rows', '.index'), '')
    },
  )

  it('keeps as many rows in memory as may be there; without a store the others are computed each epoch', async () => {
    const rowBytes = ((await onceThrough(featuresWith(7, 0, undefined))).values.length * 4) / 13
    for (const [rows, again] of [
      [13, 0],
      [5, 8],
      [0, 13],
    ] as const) {
      // prettier-ignore
      // A byte short of one row more.
      const features = featuresWith(7, (rows + 1) * rowBytes - 1, undefined)
      const [first, second] = [await onceThrough(features), await onceThrough(features)]
      expect([first.computed, second.computed]).toEqual([13, again])
      expect(second.values).toEqual(first.values)
    }
  })

  it('tells of a photo that cannot be read, with the file’s name', async () => {
    const [first, ...others] = photosOf(dataset, 'train')
    const gone = { ...first!, path: 'train/dark/gone.png' }
    for (const prefix of [0, 7])
      await expect(onceThrough(featuresWith(prefix, 0, undefined), [gone, ...others])).rejects.toMatchObject({
        code: expect.stringMatching(/^photo\./) as string,
        parameters: { file: expect.stringContaining('gone.png') as string },
      })
  })

  it('does not take what was kept of a whole photo for the part that a person cut out of it', async () => {
    const photos = photosOf(dataset, 'train')
    const features = featuresWith(7, 1e6, undefined)
    const whole = await onceThrough(features, photos)
    const crop = { left: 0, top: 0, width: 9, height: 9 }
    const cut = await onceThrough(
      features,
      photos.map((photo, i) => (i === 0 ? { ...photo, crop } : photo)),
    )
    expect([whole.computed, cut.computed]).toEqual([13, 1])
    const length = whole.values.length / 13
    expect(cut.values.slice(0, length)).not.toEqual(whole.values.slice(0, length))
    expect(cut.values.slice(length)).toEqual(whole.values.slice(length))
  })
})
