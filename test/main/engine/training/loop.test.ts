import { appendFile, copyFile, readdir, readFile, stat, truncate, utimes } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { readEvents } from '../../../../src/main/engine/store/runFolder.ts'
import { scanDataset } from '../../../../src/main/engine/datasets/scan.ts'
import { resume, train } from '../../../../src/main/engine/training/train.ts'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import type { RunSettings } from '../../../../src/shared/config.ts'
import type { RunEvent, RunEventOf } from '../../../../src/shared/run.ts'
import { plainRuns } from '../../../support/plainRuns.ts'
import { drawTinyPhotos, tinySettings } from '../../../support/tinyTraining.ts'

/** Whole runs in plain JavaScript: no native library, some seconds for all. */
const plain = plainRuns()

const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T): RunEventOf<T>[] =>
  events.filter((event): event is RunEventOf<T> => event.type === type)

interface How {
  signal?: AbortSignal
  onEvent?: (event: RunEvent) => void
}

async function run(given: RunSettings, { signal, onEvent }: How = {}) {
  const { home, dataset, settings } = plain
  const out = plain.newRun()
  const config = RunConfig.parse({ ...settings, ...given })
  const events: RunEvent[] = []
  const options = { home, folder: out, dataset, config, ...(signal && { signal }) }
  for await (const event of train(options)) {
    events.push(event)
    onEvent?.(event)
  }
  return { out, events, last: () => readFile(`${out}/last.safetensors`) }
}

/** The head's weights in one of a run's files. */
async function headIn(out: string, name: 'best' | 'last'): Promise<Float32Array> {
  const file = await openWeights(`${out}/${name}.safetensors`)
  try {
    return await file.read('fc.weight')
  } finally {
    await file.close()
  }
}

/** So small that nothing moves. */
const still = { fc: 1e-30 }
const ratesOf = (events: readonly RunEvent[]) =>
  ofType(events, 'batch').map(({ learningRates }) => learningRates[0]!)

describe('The loop', () => {
  it('takes the photos in another order each epoch, and each of them once', async () => {
    const { events } = await run({ plan: still, epochs: 3 })
    const losses = Map.groupBy(ofType(events, 'batch'), ({ epoch }) => epoch)
    const perEpoch = [...losses.values()].map((batches) => batches.map(({ batchLoss }) => batchLoss))
    expect(perEpoch.map((batches) => batches.length)).toEqual([3, 3, 3])
    expect(perEpoch[0]).not.toEqual(perEpoch[1])
    expect(perEpoch[1]).not.toEqual(perEpoch[2])
    // What a batch tells of its epoch is of the photos until then: three eights, the last cut to four.
    for (const batches of Map.groupBy(ofType(events, 'batch'), ({ epoch }) => epoch).values())
      batches.forEach(({ loss, accuracy }, i) => {
        const seen = Math.min(8 * (i + 1), 20)
        const sum = batches.slice(0, i + 1).reduce((all, it, k) => all + it.batchLoss * (k === 2 ? 4 : 8), 0)
        expect(loss).toBeCloseTo(sum / seen, 10)
        expect(accuracy * seen).toBeCloseTo(Math.round(accuracy * seen), 10)
      })
    // The weights are the same, and so is the mean over all photos.
    const means = ofType(events, 'epoch').flatMap(({ train: score }) => (score ? [score.loss] : []))
    for (const mean of means) expect(mean).toBeCloseTo(means[0]!, 6)
  })

  it('tells how each parameter that learns worked in a step, and what the process took of the machine', async () => {
    const { events } = await run({ epochs: 2 })
    const told = ofType(events, 'norms')
    expect(told.map(({ epoch, batch }) => [epoch, batch])).toEqual(
      ofType(events, 'batch').map(({ epoch, batch }) => [epoch, batch]),
    )
    for (const { parameters } of told) {
      expect(parameters.map(({ name }) => name).toSorted()).toEqual(['fc.bias', 'fc.weight'])
      for (const { gradient, update, weight } of parameters) {
        expect(gradient).toBeGreaterThan(0)
        expect(update).toBeGreaterThan(0)
        expect(weight).toBeGreaterThan(0)
      }
    }
    // Without momentum yet, the first update is the gradient times the rate (weight decay is small).
    const first = told[0]!.parameters.find(({ name }) => name === 'fc.weight')!
    expect(first.update / first.gradient).toBeCloseTo(0.1, 2)
    for (const { memoryMiB, cores } of ofType(events, 'batch')) {
      expect(memoryMiB).toBeGreaterThan(1)
      expect(cores).toBeGreaterThanOrEqual(0)
    }
  })

  it('tells of what is computed once, and foretells time and memory by the photos that there are', async () => {
    const told = async (given: RunSettings) => {
      const { events } = await run({ epochs: 2, ...given })
      const [plan] = ofType(events, 'plan')
      const [forecast] = ofType(events, 'forecast')
      return { cached: plan!.cached, forecast: forecast!.forecast }
    }
    const fixed = await told({})
    expect(fixed.cached).toEqual(['train', 'val'])
    expect((await told({ augmentation: 'recipe' })).cached).toEqual(['val'])
    expect((await told({ plan: { '': 0.01 } })).cached).toEqual([])
    for (const value of Object.values(fixed.forecast).filter((it) => typeof it === 'number'))
      expect(value).toBeGreaterThanOrEqual(0)
    expect(JSON.stringify(fixed.forecast)).not.toContain('null')
  })

  it('has nothing in its checkpoint before the first step, nor after the last', async () => {
    const tensorsIn = async (out: string) => {
      const file = await openWeights(`${out}/checkpoints/latest.safetensors`)
      const names = [...file.tensors].map(({ name }) => name)
      await file.close()
      return names
    }
    let before: Promise<string[]> | undefined
    const whole = await run(
      { epochs: 1 },
      {
        onEvent: ({ type }) => {
          if (type === 'plan') before = tensorsIn(plain.lastRun())
        },
      },
    )
    expect(await before).toEqual([])
    expect(await tensorsIn(whole.out)).toEqual([])
  })

  it('keeps the first of equally good epochs', async () => {
    const { events } = await run({ plan: still, epochs: 3 })
    expect(ofType(events, 'epoch').map(({ epoch, best }) => [epoch, best])).toEqual([
      [0, false],
      [1, true],
      [2, false],
      [3, false],
    ])
    expect(ofType(events, 'finished')[0]!.best.epoch).toBe(1)
  })

  it('leaves a checkpoint within an epoch after the minutes that were asked for', async () => {
    // A clock of its own, by which each batch takes 25 seconds.
    let now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.01))
    try {
      const { events } = await run(
        { plan: still, epochs: 1, batch: 2, checkpointMinutes: 1 },
        { onEvent: ({ type }) => void (now += type === 'batch' ? 25_000 : 0) },
      )
      const [batches] = ofType(events, 'batch').map((batch) => batch.batches)
      const within = ofType(events, 'checkpoint').filter(({ epoch, batch }) => epoch === 1 && batch > 0)
      const thirds = Array.from({ length: Math.floor(batches! / 3) }, (_, i) => 3 * (i + 1))
      expect(within.map(({ batch }) => batch)).toEqual(thirds)
      expect(thirds.length).toBeGreaterThan(1)
    } finally {
      clock.mockRestore()
    }
  })

  it('warms up over the first steps, counted through the epochs', async () => {
    const { events } = await run({ warmup: 5, epochs: 2 })
    expect(ratesOf(events).map((rate) => Number(rate.toFixed(10)))).toEqual([
      0.02, 0.04, 0.06, 0.08, 0.1, 0.1,
    ])
  })

  it('runs one cycle over the whole of the run', async () => {
    const { events } = await run({ schedule: { kind: 'one-cycle' }, epochs: 4 })
    const rates = ratesOf(events)
    expect(rates).toHaveLength(12)
    // OneCycleLR: 12 steps, its peak after 0.3 · 12 − 1 = 2.6 of them.
    expect(rates[0]).toBeCloseTo(0.004, 12)
    expect(Math.max(...rates)).toBe(rates[3])
    expect(rates[11]).toBeCloseTo(4e-7, 12)
  })

  it('cuts the rate on a plateau of the validation loss', async () => {
    const schedule = { kind: 'plateau', factor: 0.5, patience: 1, threshold: 1e-4 } as const
    const { events } = await run({
      plan: { fc: 1e-5 },
      weightDecay: 0,
      momentum: 0,
      schedule: { ...schedule, threshold: 0.9 },
      epochs: 6,
    })
    const perEpoch = ofType(events, 'batch')
      .filter(({ batch }) => batch === 1)
      .map(({ learningRates }) => learningRates[0])
    // The first epoch is the best; then two that are no better, each time.
    expect(perEpoch).toEqual([1e-5, 1e-5, 1e-5, 5e-6, 5e-6, 2.5e-6])
  })

  it('stops where its metric has not become better for as long as its patience', async () => {
    const { events } = await run({ plan: still, epochs: 9, earlyStopping: { metric: 'loss', patience: 2 } })
    expect(ofType(events, 'epoch').at(-1)!.epoch).toBe(3)
    expect(ofType(events, 'stopped')).toEqual([
      expect.objectContaining({ epoch: 3, reason: 'early-stopping' }),
    ])
  })

  it('ends as a failure where the validation loss is no number, and writes no epoch, weight file or answers of it', async () => {
    // One step an epoch: the loss of the step is that of the weights before it, and finite.
    const thrown = await run({ batch: 20, epochs: 2, plan: { fc: 100 }, weightDecay: 3e38 }).catch(
      (error: unknown) => error,
    )
    expect(thrown).toMatchObject({ code: 'run.validation-diverged', parameters: { epoch: 1 } })
    const out = plain.lastRun()
    const read: RunEvent[] = []
    for await (const { event } of readEvents(out)) read.push(event)
    expect(read.filter(({ type }) => type === 'batch')).toHaveLength(1)
    expect(ofType(read, 'epoch').map(({ epoch }) => epoch)).toEqual([0])
    expect(read.at(-1)).toMatchObject({ type: 'failed', code: 'run.validation-diverged' })
    const written = await readdir(out)
    expect(written).not.toContain('best.safetensors')
    expect(written).not.toContain('last.safetensors')
    expect((await readFile(`${out}/answers.jsonl`, 'utf8')).trimEnd().split('\n')).toHaveLength(1)
  })

  it('computes the same with kept features and without, whatever was kept for another cut before', async () => {
    const vgg: RunSettings = {
      ...(await tinySettings(plain.path('weights'), 'tiny-vgg')),
      ...{ augmentation: 'none', batch: 8, threads: 1, epochs: 1 },
    }
    // Both evaluate on rows of one length, which come from different places of the network.
    for (const plan of [{ 'classifier.6': 0.01 }, { 'classifier.3': 0.01, 'classifier.6': 0.01 }]) {
      const [kept, again, anew] = [
        await run({ ...vgg, plan }),
        await run({ ...vgg, plan }),
        await run({ ...vgg, plan, cache: false }),
      ]
      const valOf = ({ events }: typeof kept) => ofType(events, 'epoch').map(({ val }) => val)
      for (const one of [kept, again]) {
        expect(valOf(one)).toEqual(valOf(anew))
        expect((await one.last()).equals(await anew.last())).toBe(true)
      }
    }
  })

  it('computes features anew once what they come from has learnt, whatever is kept of the weights as they were', async () => {
    const vgg: RunSettings = {
      ...(await tinySettings(plain.path('weights'), 'tiny-vgg')),
      ...{ augmentation: 'none', batch: 8, threads: 1 },
    }
    const head = { 'classifier.6': 0.01 }
    // Fills the store at the head's cut.
    await run({ ...vgg, plan: head, epochs: 1 })
    const given: RunSettings = { ...vgg, plan: { '': 0.05 }, thaw: [{ epoch: 2, plan: head }], epochs: 2 }
    const [kept, anew] = [await run(given), await run({ ...given, cache: false })]
    const valOf = ({ events }: typeof kept) => ofType(events, 'epoch').map(({ val }) => val)
    expect(valOf(kept)).toEqual(valOf(anew))
    expect((await kept.last()).equals(await anew.last())).toBe(true)
  })

  it('stops at the first batch whose loss is no number, and says which', async () => {
    const thrown = await run({ epochs: 1, plan: { fc: 100 }, weightDecay: 3e38 }).catch(
      (error: unknown) => error,
    )
    expect(thrown).toMatchObject({ code: 'run.diverged', parameters: { epoch: 1, batch: 2 } })
  })

  it('answers the validation photos by the average where there is one, and learns from the weights themselves', async () => {
    const [plain, averaged] = [await run({ epochs: 1 }), await run({ epochs: 1, movingAverage: 0.9 })]
    const lossesOf = ({ events }: typeof plain) => ofType(events, 'batch').map(({ batchLoss }) => batchLoss)
    expect(lossesOf(averaged)).toEqual(lossesOf(plain))
    const valOf = ({ events }: typeof plain) => ofType(events, 'epoch').map(({ val }) => val.loss)
    expect(valOf(averaged)[0]).toBe(valOf(plain)[0])
    expect(Math.abs(valOf(averaged)[1]! - valOf(plain)[1]!)).toBeGreaterThan(1e-6)
    // What answered is what is kept.
    expect(await headIn(averaged.out, 'best')).not.toEqual(await headIn(plain.out, 'best'))
  })

  it('keeps the average at its end, also where another epoch was better', async () => {
    const given: RunSettings = {
      ...{ epochs: 3, plan: { fc: 0.02 }, momentum: 0 },
      schedule: { kind: 'step', every: 1, factor: 60 },
    }
    const [plain, averaged] = [await run(given), await run({ ...given, movingAverage: 0.9 })]
    expect(ofType(averaged.events, 'finished')[0]!.best.epoch).toBeLessThan(3)
    // The weights themselves went the same way.
    expect(ofType(averaged.events, 'batch').map(({ batchLoss }) => batchLoss)).toEqual(
      ofType(plain.events, 'batch').map(({ batchLoss }) => batchLoss),
    )
    expect(await headIn(averaged.out, 'last')).not.toEqual(await headIn(plain.out, 'last'))
  })

  it('notices a photo that becomes another one while it trains; one that is only touched is the same', async () => {
    await drawTinyPhotos(plain.path('changing'), 20, 6)
    // What lies behind a picture's end is a part of its file.
    const [one] = await readdir(plain.path('changing', 'train', 'dark'))
    await appendFile(plain.path('changing', 'train', 'dark', one!), 'x')
    const changing = await scanDataset(plain.path('changing'), { seed: 1 })
    const [first, other] = changing.photos
      .filter(({ split }) => split === 'train')
      .map(({ path: photo }) => path.join(changing.folder, photo)) as [string, string]
    const trained = async (change: () => Promise<void>) => {
      const config = RunConfig.parse({ ...plain.settings, epochs: 2, cache: false })
      const options = {
        home: plain.home,
        folder: plain.newRun(),
        dataset: changing,
        config,
      }
      for await (const event of train(options))
        if (event.type === 'epoch' && event.epoch === 1) await change()
    }
    await trained(async () => utimes(first, new Date(), new Date()))
    // Longer by a byte, at the same time as before.
    const when = new Date('2026-01-01T00:00:00Z')
    const { size } = await stat(other)
    await utimes(other, when, when)
    const longer = trained(async () => {
      await appendFile(other, 'x')
      await utimes(other, when, when)
    })
    await expect(longer).rejects.toMatchObject({ code: 'photo.changed', parameters: { file: other } })
    await truncate(other, size)
    // As long as before, at another time.
    const tailed = plain.path('changing', 'train', 'dark', one!)
    const { size: whole } = await stat(tailed)
    const another = trained(async () => {
      await truncate(tailed, whole - 1)
      await appendFile(tailed, 'y')
      await utimes(tailed, when, when)
    })
    await expect(another).rejects.toMatchObject({ code: 'photo.changed', parameters: { file: tailed } })
    await truncate(tailed, whole - 1)
    await appendFile(tailed, 'x')
    const before = await stat(first)
    const changed = trained(async () => {
      await copyFile(other, first)
      await utimes(first, before.atime, new Date(before.mtimeMs + 5000))
    })
    await expect(changed).rejects.toMatchObject({ code: 'photo.changed', parameters: { file: first } })
  })

  it('stops while it identifies the photos, before the first batch, and can go on', async () => {
    const controller = new AbortController()
    const out = plain.path('cancelled')
    const config = RunConfig.parse({ ...plain.settings, epochs: 1 })
    const events: RunEvent[] = []
    for await (const event of train({
      home: plain.home,
      folder: out,
      dataset: plain.dataset,
      config,
      signal: controller.signal,
    })) {
      events.push(event)
      // The evaluation before training is over; next the training photos are looked at.
      if (event.type === 'epoch') controller.abort()
    }
    expect(events.at(-1)).toMatchObject({ type: 'stopped', epoch: 1, batch: 0, reason: 'asked' })
    expect(ofType(events, 'batch')).toEqual([])
    const rest: RunEvent[] = []
    for await (const event of resume(out, { home: plain.home })) rest.push(event)
    expect(rest.at(-1)).toMatchObject({ type: 'finished' })
    const whole = await run({ epochs: 1 })
    expect((await readFile(`${out}/last.safetensors`)).equals(await whole.last())).toBe(true)
  })
})
