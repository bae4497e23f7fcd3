/** A run that parts from another one: what both share, and what it ends in, also after a kill. */
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { readEvents, readRecord } from '../../src/main/engine/store/runFolder.ts'
import { fork } from '../../src/main/engine/training/fork.ts'
import type { ForkRequest } from '../../src/main/engine/training/fork.ts'
import { keptEpochs, keptEpochPaths } from '../../src/main/engine/store/keptEpochs.ts'
import { resume, train } from '../../src/main/engine/training/train.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { RunSettings } from '../../src/shared/config.ts'
import type { Dataset } from '../../src/shared/dataset.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { learningRateAt } from '../../src/shared/schedule.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
let dataset: Dataset
let settings: RunSettings
let made = 0

/** The former plan until the second epoch, then all of it learns. */
const everythingLater = [{ epoch: 3, plan: 'everything' as const }]

beforeAll(async () => {
  await drawTinyPhotos(folder.path('photos'))
  dataset = await scanDataset(folder.path('photos'), { seed: 1 })
  settings = {
    ...(await tinySettings(folder.path('weights'), 'tiny-bn')),
    ...{ epochs: 4, threads: 2, optimizer: 'adam', augmentation: 'recipe' },
  }
})

const nextFolder = () => folder.path(`run-${(made += 1)}`)

async function trained(more: RunSettings = {}): Promise<string> {
  const out = nextFolder()
  const config = RunConfig.parse({ ...settings, ...more })
  for await (const event of train({ home: folder.path('home'), folder: out, dataset, config }))
    expect(event.type).not.toBe('failed')
  return out
}

const forked = (from: string, epoch: number, changes: ForkRequest['changes']): Promise<string> =>
  fork({ home: folder.path('home'), from, epoch, changes, folder: nextFolder() })

async function goOn(run: string, batches = Infinity): Promise<RunEvent[]> {
  const control = new AbortController()
  const events: RunEvent[] = []
  for await (const event of resume(run, { home: folder.path('home'), signal: control.signal })) {
    events.push(event)
    if (event.type === 'batch' && (batches -= 1) === 0) control.abort()
  }
  return events
}

const bytesOf = (run: string) =>
  Promise.all(['best', 'last'].map((name) => readFile(path.join(run, `${name}.safetensors`))))

async function isEqual(a: string, b: string): Promise<boolean> {
  const [these, those] = [await bytesOf(a), await bytesOf(b)]
  return these.every((bytes, i) => bytes.equals(those[i]!))
}

async function eventsOf(run: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const { event } of readEvents(run)) events.push(event)
  return events
}

test('A fork with another plan ends in the bytes of a run that had this plan from that epoch on', async () => {
  const first = await trained()
  const fork = await forked(first, 2, { plan: 'everything' })
  await goOn(fork)
  expect(await isEqual(fork, await trained({ thaw: everythingLater }))).toBe(true)
  expect(await isEqual(fork, first)).toBe(false)
})

test('Until the fork both have the same events byte for byte, and the receipt proves the same tensors', async () => {
  const first = await trained()
  const fork = await forked(first, 2, { plan: 'everything' })
  const [events, shared] = await Promise.all(
    [first, fork].map((run) => readFile(path.join(run, 'events.jsonl'))),
  )
  expect(shared!.length).toBeGreaterThan(1000)
  expect(events!.subarray(0, shared!.length).equals(shared!)).toBe(true)
  const told = await goOn(fork)
  const receipt = (await eventsOf(first)).findLast((it) => it.type === 'receipt' && it.epoch === 2)
  expect(told.find(({ type }) => type === 'forked')).toEqual({
    type: 'forked',
    from: (await readRecord(first)).id,
    name: (await readRecord(first)).name,
    epoch: 2,
    tensors: (receipt as RunEvent & { type: 'receipt' }).tensors.length,
  })
})

test('A fork that is stopped within an epoch and resumed ends in the same bytes', async () => {
  const first = await trained()
  const [whole, cut] = [
    await forked(first, 2, { plan: 'everything' }),
    await forked(first, 2, { plan: 'everything' }),
  ]
  await goOn(whole)
  expect((await goOn(cut, 3)).at(-1)).toMatchObject({ type: 'stopped', epoch: 3, batch: 3 })
  await goOn(cut)
  expect(await isEqual(whole, cut)).toBe(true)
})

test('A finished run goes on from its last epoch as if it had been given more epochs at once', async () => {
  const more = await forked(await trained(), 4, { epochs: 6 })
  await goOn(more)
  expect(await isEqual(more, await trained({ epochs: 6 }))).toBe(true)
})

test('Another schedule and augmentation hold from the fork on, at the step it has come to, and end in the same bytes also after a stop', async () => {
  const first = await trained()
  const changes = {
    schedule: { kind: 'cosine' as const, floor: 0 },
    augmentation: 'none' as const,
    weightDecay: 0.1,
  }
  const [whole, cut] = [await forked(first, 2, changes), await forked(first, 2, changes)]
  const batches = (await goOn(whole)).flatMap((event) => (event.type === 'batch' ? [event] : []))
  const [base] = (await eventsOf(first)).flatMap((event) =>
    event.type === 'batch' ? event.learningRates : [],
  )
  const totalSteps = 4 * batches[0]!.batches
  const at = { stepsPerEpoch: batches[0]!.batches, totalSteps, warmup: 0, cuts: 0 }
  expect(batches.map(({ learningRates }) => learningRates[0])).toEqual(
    batches.map((_, i) => learningRateAt(changes.schedule, base!, { ...at, step: totalSteps / 2 + i })),
  )
  await goOn(cut, 2)
  await goOn(cut)
  expect(await isEqual(whole, cut)).toBe(true)
  expect(await isEqual(whole, first)).toBe(false)
})

test('Averaged weights and a best epoch before the fork come along', async () => {
  const average = { movingAverage: 0.9, plan: 'everything' } as const
  const fork = await forked(await trained(average), 3, { epochs: 5 })
  await goOn(fork)
  expect(await isEqual(fork, await trained({ ...average, epochs: 5 }))).toBe(true)
})

test('A kept checkpoint with other bytes than the receipt says is refused', async () => {
  const first = await trained()
  const { checkpoint } = keptEpochPaths(first, 2)
  const other = await forked(await trained({ seed: 5 }), 2, {})
  const { writeFile } = await import('node:fs/promises')
  await writeFile(checkpoint, await readFile(path.join(other, 'checkpoints', 'latest.safetensors')))
  const fork = await forked(first, 2, {})
  await expect(goOn(fork)).rejects.toMatchObject({ code: 'run.fork-differs' })
})

test('An epoch that is not kept, and a setting that would not fit what was learnt, are refused and leave nothing', async () => {
  const first = await trained({ keepEvery: 3 })
  const out = nextFolder()
  const request = { home: folder.path('home'), from: first, folder: out }
  const best = (await keptEpochs(first)).map(({ epoch }) => epoch)
  expect(best).toContain(3)
  const missing = [1, 2].find((epoch) => !best.includes(epoch))!
  await expect(fork({ ...request, epoch: missing, changes: {} })).rejects.toMatchObject({
    code: 'run.no-kept-epoch',
    parameters: { epoch: missing, kept: best.join(', ') },
  })
  await expect(fork({ ...request, epoch: 3, changes: { optimizer: 'sgd' } })).rejects.toMatchObject({
    code: 'run.fork-setting',
  })
  await expect(fork({ ...request, epoch: 3, changes: { epochs: 'many' } })).rejects.toMatchObject({
    code: 'config.invalid',
  })
  // What would end where it begins, or before, has nothing to learn.
  for (const epochs of [0, 2, 3])
    await expect(fork({ ...request, epoch: 3, changes: { epochs } })).rejects.toMatchObject({
      code: 'config.invalid',
      parameters: { setting: 'epochs', limit: 4 },
    })
  await expect(stat(out)).rejects.toThrow()
})

test('Nothing is kept where nothing may be, and the last and the best outlast the others', async () => {
  expect(await keptEpochs(await trained({ keepMegabytes: 0 }))).toEqual([])
  const run = await trained({ epochs: 6, keepMegabytes: 0.2 })
  const kept = await keptEpochs(run)
  expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(0.2 * 2 ** 20)
})
