/** A run that is under way: it stops with an epoch, and takes another plan. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { readRecord } from '../../src/main/engine/store/runFolder.ts'
import { changePlan } from '../../src/main/engine/training/stageChange.ts'
import { resume, train } from '../../src/main/engine/training/train.ts'
import type { TrainOptions } from '../../src/main/engine/training/train.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { RunSettings } from '../../src/shared/config.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const home = () => folder.path('home')

async function optionsFor(name: string, more: RunSettings = {}): Promise<TrainOptions & { folder: string }> {
  const settings = await tinySettings(folder.path('weights'), 'tiny-bn')
  const config = RunConfig.parse({ ...settings, epochs: 3, threads: 2, augmentation: 'none', ...more })
  const dataset = await scanDataset(folder.path('photos'), { seed: 1 })
  return { home: home(), folder: folder.path(name), dataset, config }
}

async function all(events: AsyncIterable<RunEvent>, onEvent: (event: RunEvent) => unknown = () => undefined) {
  const told: RunEvent[] = []
  for await (const event of events) {
    told.push(event)
    await onEvent(event)
  }
  return told
}

const lastOf = (run: string) => readFile(path.join(run, 'last.safetensors'))

test('A run that is told to stop with its epoch is evaluated, and ends resumed in the same bytes', async () => {
  await drawTinyPhotos(folder.path('photos'))
  const whole = await optionsFor('whole')
  await all(train(whole))
  const cut = await optionsFor('cut')
  const told = await all(train({ ...cut, shouldStop: () => true }))
  expect(told.filter(({ type }) => type === 'epoch')).toHaveLength(2)
  expect(told.at(-1)).toMatchObject({ type: 'stopped', epoch: 2, batch: 0, reason: 'asked' })
  await all(resume(cut.folder, { home: home() }))
  expect((await lastOf(cut.folder)).equals(await lastOf(whole.folder))).toBe(true)
})

test('A plan that changes within an epoch holds from the next one on, as if it had been planned so', async () => {
  await drawTinyPhotos(folder.path('photos'))
  const planned = await optionsFor('planned', { thaw: [{ epoch: 2, plan: 'everything' }] })
  await all(train(planned))
  const changed = await optionsFor('changed')
  let first = true
  const told = await all(train(changed), async ({ type }) => {
    if (type !== 'batch' || !first) return
    first = false
    expect(await changePlan(changed.folder, 1, 'everything')).toBe(2)
  })
  expect(told.filter(({ type }) => type === 'plan')).toHaveLength(2)
  expect((await readRecord(changed.folder)).config.thaw).toEqual([{ epoch: 2, plan: 'everything' }])
  expect(changed.config.thaw).toEqual([])
  expect((await lastOf(changed.folder)).equals(await lastOf(planned.folder))).toBe(true)
})

test('A plan that fits no layer is refused, and changes nothing', async () => {
  await drawTinyPhotos(folder.path('photos'))
  const run = await optionsFor('refused', { epochs: 1 })
  await all(train(run))
  const plan = { nowhere: { learningRate: 1e-3 } }
  await expect(changePlan(run.folder, 1, plan)).rejects.toMatchObject({ code: 'plan.unknown-node' })
  expect((await readRecord(run.folder)).config.thaw).toEqual([])
})
