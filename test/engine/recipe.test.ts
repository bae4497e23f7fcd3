import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { classify } from '../../src/main/engine/classify/classify.ts'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { train } from '../../src/main/engine/training/train.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { RunSettings } from '../../src/shared/config.ts'
import type { Dataset } from '../../src/shared/dataset.ts'
import type { RunEventOf } from '../../src/shared/run.ts'
import { temporaryFolder } from '../support/folder.ts'
import { describeGolden, photosFolder } from '../support/golden.ts'

const folder = temporaryFolder()

describeGolden('the starter network on the recipe’s photos', () => {
  let dataset: Dataset
  let exact: RunEventOf<'epoch'>[]

  async function epochs(given: RunSettings): Promise<RunEventOf<'epoch'>[]> {
    const config = RunConfig.parse({ epochs: 5, ...given })
    const found: RunEventOf<'epoch'>[] = []
    const out = folder.path(`run-${config.precision}`)
    for await (const event of train({ home: folder.path('home'), folder: out, dataset, config }))
      if (event.type === 'epoch') found.push(event)
    return found
  }

  beforeAll(async () => {
    process.env['THAW_HOME'] = folder.path('home')
    dataset = await scanDataset(photosFolder, { seed: 1234 })
    exact = await epochs({ backbone: 'efficientnet-lite0' })
  })

  it('sees bees in four of five bees before any training', async () => {
    const bees = join(photosFolder, 'val', 'bees')
    const photos = readdirSync(bees).map((name) => join(bees, name))
    const model = { backbone: 'efficientnet-lite0', weights: null, labels: null }
    let right = 0
    for await (const answer of classify({ home: folder.path('home'), photos, model, top: 5 }))
      if ('top' in answer && answer.top.some((it) => it.class === 'bee')) right += 1
    expect(right / photos.length).toBeGreaterThanOrEqual(0.8)
  })

  it('tells ants from bees in 92 of 100 photos after five epochs of its head alone', () => {
    expect(Math.max(...exact.slice(1).map(({ val }) => val.accuracy))).toBeGreaterThanOrEqual(0.92)
  })

  it('ends within the exact run’s interval in fast precision', async () => {
    const fast = await epochs({ backbone: 'efficientnet-lite0', precision: 'fast' })
    const [low, high] = exact.at(-1)!.val.interval
    const { accuracy } = fast.at(-1)!.val
    expect(accuracy).toBeGreaterThanOrEqual(low)
    expect(accuracy).toBeLessThanOrEqual(high)
  })
})
