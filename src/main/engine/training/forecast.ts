import os from 'node:os'
import type { Forecast, RunEvent } from '../../../shared/run.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { photosOf } from '../../../shared/dataset.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train.ts'

/** Photos of each split that are tried. */
const probePhotos = 2

/** Measures what an epoch takes by training on two batches of the same photos and settings, in a folder thrown away after. */
export async function forecast(options: Omit<TrainOptions, 'name'>): Promise<Forecast> {
  const { config, dataset } = options
  const batch = config.batch
  const train_ = photosOf(dataset, 'train')
  const val = photosOf(dataset, 'val')
  const counts = { train: train_.length, val: val.length }
  const photos = [...train_.slice(0, probePhotos * batch), ...val.slice(0, batch)]
  const folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-forecast-'))
  try {
    const events: RunEvent[] = []
    const at = performance.now()
    const present = new Set(photos.map((photo) => photo.class))
    // A probe needs no particular classes; the first photo of each keeps the dataset whole.
    const others = dataset.photos
      .filter((photo) => !present.has(photo.class))
      .slice(0, dataset.classes.length)
    const probe = { ...dataset, photos: [...photos, ...others] }
    for await (const event of train({
      ...options,
      folder: path.join(folder, 'run'),
      dataset: probe,
      config: { ...config, epochs: 1, thaw: [] },
    }))
      events.push(event)
    const epoch = events.find((event) => event.type === 'epoch' && event.epoch === 1)
    const seconds = epoch?.type === 'epoch' ? epoch.seconds : (performance.now() - at) / 1000
    const probed = probe.photos.length
    const secondsEpoch = (seconds / probed) * (counts.train + counts.val)
    return {
      secondsFirstEpoch: secondsEpoch,
      secondsEpoch,
      secondsTotal: secondsEpoch * config.epochs,
      peakMiB: process.resourceUsage().maxRSS / 1024,
      suggestedBatch: batch,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
