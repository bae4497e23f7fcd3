import { cp, mkdir, rm } from 'node:fs/promises'
import { beforeAll, expect, it } from 'vitest'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { forecast } from '../../src/main/engine/training/forecast.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  await drawTinyPhotos(folder.path('two'))
  // Forty classes of two photos each, one to train and one to validate with.
  for (let i = 0; i < 40; i += 1)
    for (const [split, number] of [
      ['train', 0],
      ['val', 48],
    ] as const) {
      const to = folder.path(`forty/${split}/class ${i}`)
      await mkdir(to, { recursive: true })
      await cp(folder.path(`two/${split}/dark/dark-${number}.png`), `${to}/0.png`)
    }
  await rm(folder.path('two'), { recursive: true })
})

it('is made with a few photos, also where those do not hold every class', async () => {
  const settings = await tinySettings(folder.path('weights'), 'tiny-bn')
  const dataset = await scanDataset(folder.path('forty'), { seed: 1 })
  const config = RunConfig.parse({ ...settings, batch: 4, epochs: 3, threads: 2 })
  const { secondsEpoch, secondsTotal, peakMiB, suggestedBatch } = await forecast({
    home: folder.path('home'),
    dataset,
    config,
  })
  expect(secondsEpoch).toBeGreaterThan(0)
  expect(secondsTotal).toBeGreaterThan(secondsEpoch)
  expect(peakMiB).toBeGreaterThan(0)
  expect(suggestedBatch).toBeGreaterThan(4)
})
