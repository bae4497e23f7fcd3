import { cp, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { bestWeightsOf } from '../../src/main/engine/training/bestWeights.ts'
import { train } from '../../src/main/engine/training/train.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { RunSettings } from '../../src/shared/config.ts'
import type { Dataset } from '../../src/shared/dataset.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
let dataset: Dataset
let settings: RunSettings

const bestIn = (run: string) => path.join(run, 'best.safetensors')
const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )

/** @param onEvent may look at the run's folder between two events */
async function run(
  name: string,
  more: RunSettings,
  onEvent?: (event: RunEvent, out: string) => Promise<void> | void,
) {
  const out = folder.path(name)
  const config = RunConfig.parse({ threads: 2, ...settings, ...more })
  for await (const event of train({ home: folder.path('home'), folder: out, dataset, config }))
    await onEvent?.(event, out)
  return out
}

/** What a process that is killed at this event leaves behind. */
async function leftBehind(out: string, name: string): Promise<string> {
  const copy = folder.path(name)
  // Without the lock: opening its file here would give it back.
  const filter = (file: string) => !path.basename(file).startsWith('lock')
  await cp(out, copy, { recursive: true, preserveTimestamps: true, filter })
  return copy
}

describe('the best weights', () => {
  beforeAll(async () => {
    process.env['THAW_HOME'] = folder.path('home')
    await drawTinyPhotos(folder.path('photos'))
    dataset = await scanDataset(folder.path('photos'), { seed: 1 })
    settings = await tinySettings(folder.path('weights'), 'tiny-bn')
  })

  it('wait in the checkpoint while the run goes on, and are in their file when it ends', async () => {
    let waited = false
    const out = await run('waits', { epochs: 2 }, async ({ type }, folder) => {
      if (type === 'receipt') waited ||= !(await isThere(bestIn(folder)))
    })
    expect(waited).toBe(true)
    expect(await isThere(bestIn(out))).toBe(true)
  })

  it.each(['head-only', 'everything'] as const)(
    'of a killed run are what a finished run’s are (%s)',
    async (plan) => {
      let killed = ''
      await run(`goes-on-${plan}`, { epochs: 3, plan, movingAverage: 0.9 }, async (event, out) => {
        if (event.type === 'checkpoint' && event.epoch === 2) killed = await leftBehind(out, `killed-${plan}`)
      })
      const file = await bestWeightsOf(killed)
      const shorter = await run(`ends-${plan}`, { epochs: 2, plan, movingAverage: 0.9 })
      expect(await readFile(file)).toEqual(await readFile(bestIn(shorter)))
      // A second look finds it done.
      const { mtimeMs } = await stat(file)
      await bestWeightsOf(killed)
      expect((await stat(file)).mtimeMs).toBe(mtimeMs)
    },
  )

  it('are whole when more thaws after the best epoch', async () => {
    const plan = { '': 'frozen' as const, fc: 0.05 }
    const before = await run('before-thawing', { epochs: 1, plan })
    let bestAt = 0
    // A rate that spoils everything: the first epoch stays the best.
    const out = await run(
      'after-thawing',
      { epochs: 2, plan, thaw: [{ epoch: 2, plan: { '': 50 } }] },
      (event) => {
        if (event.type === 'epoch' && event.best) bestAt = event.epoch
      },
    )
    expect(bestAt).toBe(1)
    expect(await weightsIn(bestIn(out))).toEqual(await weightsIn(bestIn(before)))
  })

  it('of a run whose folder has none are not invented', async () => {
    const file = await bestWeightsOf(folder.path('nowhere'))
    expect(await isThere(file)).toBe(false)
  })
})

/** The values of a file without its header, which names the run's plan. */
async function weightsIn(file: string): Promise<Buffer> {
  const bytes = await readFile(file)
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)))
}
