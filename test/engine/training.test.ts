import { readFileSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { openCompute } from '../../src/main/engine/backend/compute.ts'
import { hasBfloat16 } from '../../src/main/engine/backend/cpu.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { readEvents } from '../../src/main/engine/store/runFolder.ts'
import { comparePrecisions } from '../../src/main/engine/training/comparePrecisions.ts'
import { resume, train } from '../../src/main/engine/training/train.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { writeSafetensors } from '../../src/main/engine/weights/safetensors-writer.ts'
import { presets } from '../../src/shared/augmentation.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { RunSettings } from '../../src/shared/config.ts'
import type { Dataset } from '../../src/shared/dataset.ts'
import { tensorsOfNetwork } from '../../src/shared/model/layers.ts'
import { networkOf } from '../../src/shared/model/registry.ts'
import type { RunEvent, RunEventOf } from '../../src/shared/run.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { TinyNetwork } from '../support/tinyTraining.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
let dataset: Dataset
const settings = {} as Record<TinyNetwork, RunSettings>
let runs = 0

interface TrainHow {
  onEvent?: (event: RunEvent) => void
  signal?: AbortSignal
}

/** Trains into a folder of its own. @returns the folder and all events */
async function run(given: RunSettings, { onEvent, signal }: TrainHow = {}) {
  runs += 1
  const out = folder.path(`run-${runs}`)
  const events: RunEvent[] = []
  const config = RunConfig.parse({ threads: 2, ...given })
  const options = { home: folder.path('home'), folder: out, dataset, config, ...(signal && { signal }) }
  for await (const event of train(options)) {
    events.push(event)
    onEvent?.(event)
  }
  return { out, events }
}

/** Stops after this many batches, as Ctrl-C does. */
async function stoppedAfter(batches: number, given: RunSettings) {
  const control = new AbortController()
  let seen = 0
  return run(given, {
    signal: control.signal,
    onEvent: ({ type }) => {
      if (type === 'batch' && (seen += 1) === batches) control.abort()
    },
  })
}

async function resumed(out: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of resume(out, { home: folder.path('home') })) events.push(event)
  return events
}

const last = (out: string): Promise<Buffer> => readFile(`${out}/last.safetensors`)
const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T): RunEventOf<T>[] =>
  events.filter((event): event is RunEventOf<T> => event.type === type)

async function tensorsIn(file: string): Promise<Map<string, Float32Array>> {
  const weights = await openWeights(file)
  const tensors = new Map<string, Float32Array>()
  for (const { name } of weights.tensors) tensors.set(name, await weights.read(name))
  await weights.close()
  return tensors
}

describe('training', () => {
  beforeAll(async () => {
    process.env['THAW_HOME'] = folder.path('home')
    await drawTinyPhotos(folder.path('photos'))
    dataset = await scanDataset(folder.path('photos'), { seed: 1 })
    for (const name of ['tiny-vgg', 'tiny-bn'] as const)
      settings[name] = await tinySettings(folder.path('weights'), name)
    // What TensorFlow keeps for itself is there before anything is counted.
    await openCompute(2, 'exact')
    await run({ ...settings['tiny-bn'], plan: 'everything', epochs: 1 })
  })

  it('gives the same bytes for the same seed, and others for another seed', async () => {
    const given: RunSettings = { ...settings['tiny-bn'], plan: 'everything', epochs: 2, optimizer: 'adam' }
    const first = await run(given)
    const second = await run(given)
    const other = await run({ ...given, seed: 1235 })
    expect((await last(first.out)).equals(await last(second.out))).toBe(true)
    expect((await last(first.out)).equals(await last(other.out))).toBe(false)
  })

  it('ends as a failure that can be read where the validation loss is no number, with no event of it', async () => {
    // One step an epoch: its loss is that of the weights before it.
    const given: RunSettings = { ...settings['tiny-vgg'], batch: 48, epochs: 2, weightDecay: 1e30 }
    const events: RunEvent[] = []
    const out = folder.path('diverged')
    const config = RunConfig.parse({ threads: 2, ...given, plan: 'everything' })
    const running = async () => {
      for await (const event of train({ home: folder.path('home'), folder: out, dataset, config }))
        events.push(event)
    }
    await expect(running()).rejects.toMatchObject({
      code: 'run.validation-diverged',
      parameters: { epoch: 1 },
    })
    const read: RunEvent[] = []
    for await (const { event } of readEvents(out)) read.push(event)
    expect(read.filter(({ type }) => type === 'epoch')).toHaveLength(1)
    expect(read.at(-1)).toMatchObject({ type: 'failed', code: 'run.validation-diverged' })
    expect(read).toHaveLength((await readFile(`${out}/events.jsonl`, 'utf8')).trimEnd().split('\n').length)
  })

  it('notices a photo that becomes another one meanwhile', async () => {
    const file = `${dataset.folder}/${dataset.photos[0]!.path}`
    const before = await readFile(file)
    let isSwapped = false
    const swap = ({ type }: RunEvent) => {
      if (type !== 'batch' || isSwapped) return
      isSwapped = true
      // Another photo of the same number of bytes would still be another one: its time tells.
      writeFileSync(file, readFileSync(`${dataset.folder}/${dataset.photos[1]!.path}`))
    }
    try {
      await expect(run({ ...settings['tiny-bn'], epochs: 3 }, { onEvent: swap })).rejects.toMatchObject({
        code: 'photo.changed',
      })
    } finally {
      await writeFile(file, before)
      dataset = await scanDataset(folder.path('photos'), { seed: 1 })
    }
  })

  it('tells a class that has one photo to learn from', async () => {
    const photos = dataset.photos.filter(
      ({ split, class: shown }, i, all) =>
        split !== 'train' ||
        shown !== 1 ||
        all.findIndex((it) => it.split === 'train' && it.class === 1) === i,
    )
    const out = folder.path('one-photo')
    const config = RunConfig.parse({ threads: 2, ...settings['tiny-bn'] })
    const told: unknown[] = []
    for await (const event of train({
      home: folder.path('home'),
      folder: out,
      dataset: { ...dataset, photos },
      config,
    }))
      if (event.type === 'warning') told.push([event.code, event.parameters])
    expect(told).toEqual([['dataset.one-photo', { class: 'light' }]])
  })

  it('tells what is to be known of the weight file that it opens, and records it', async () => {
    const tensors = await tensorsIn(settings['tiny-bn'].weights!)
    const shapes = new Map(tensorsOfNetwork(networkOf('tiny-bn')).map((it) => [it.name, it.shape]))
    const wrapped = Array.from(tensors, ([name, values]) => ({
      ...{ name: `model.${name}`, shape: shapes.get(name)!, dtype: 'float32' as const },
      values: () => values,
    }))
    const beside = { name: 'criterion.weight', shape: [2], dtype: 'float32' as const }
    const weights = folder.path('wrapped.safetensors')
    await writeSafetensors(weights, [...wrapped, { ...beside, values: () => Float32Array.of(1, 1) }])
    const { events } = await run({ ...settings['tiny-bn'], weights })
    expect(ofType(events, 'warning')).toMatchObject([
      { code: 'weights.beside', parameters: { tensors: 'criterion.weight' } },
    ])
  })

  it.each([
    [{ classWeights: [0, 0] }, /all of classWeights are 0/],
    [{ nesterov: true, momentum: 0 }, /nesterov needs a momentum/],
  ])('refuses settings that cannot be meant: %j', async (given, message) => {
    await expect(run({ ...settings['tiny-bn'], ...given })).rejects.toThrow(message)
  })

  it('leaves every bit of what is frozen, and moves all that learns', async () => {
    const plan = { 'features.4': 'frozen', 'features.1': 1e-2, fc: 1e-2 } as const
    const { out, events } = await run({ ...settings['tiny-bn'], plan, epochs: 2 })
    const before = await tensorsIn(settings['tiny-bn'].weights!)
    const after = await tensorsIn(`${out}/last.safetensors`)
    const [{ groups, frozen }] = ofType(events, 'plan') as [RunEventOf<'plan'>]
    expect(frozen).toEqual(['features.0.weight', 'features.4.weight', 'features.5.weight', 'features.5.bias'])
    for (const name of frozen)
      expect(Buffer.from(after.get(name)!.buffer)).toEqual(Buffer.from(before.get(name)!.buffer))
    for (const name of groups.flatMap(({ parameters }) => parameters).filter((it) => !it.startsWith('fc')))
      expect(after.get(name)).not.toEqual(before.get(name))
    // Statistics move where the layer learns, and nowhere else.
    expect(after.get('features.1.running_mean')).not.toEqual(before.get('features.1.running_mean'))
    expect(after.get('features.5.running_mean')).toEqual(before.get('features.5.running_mean'))
    for (const { tensors } of ofType(events, 'receipt'))
      for (const { name, frozen: still, changed } of tensors) expect([name, changed]).toEqual([name, !still])
  })

  it.each<[string, RunSettings['augmentation']]>([
    ['none', 'none'],
    ['two views as in the recipe', 'views:2'],
    ['two strong views', { transforms: [...presets.strong], views: 2 }],
  ])('is the same with and without kept features (%s)', async (_, augmentation) => {
    const given: RunSettings = { ...settings['tiny-bn'], plan: { fc: 1e-2 }, epochs: 3, augmentation }
    const [kept, again, fresh] = [await run(given), await run(given), await run({ ...given, cache: false })]
    expect(ofType(kept.events, 'plan')[0]!.cached).toEqual(['train', 'val'])
    expect(ofType(fresh.events, 'plan')[0]!.cached).toEqual([])
    expect((await last(kept.out)).equals(await last(fresh.out))).toBe(true)
    // The second one found the first one's on the disk.
    expect((await last(again.out)).equals(await last(fresh.out))).toBe(true)
  })

  it('gives each part of the network the rate of the recipe', async () => {
    const { events } = await run({ ...settings['tiny-vgg'], plan: 'recipe', epochs: 1 })
    expect(ofType(events, 'plan')[0]!.groups.map(({ name, learningRate }) => [name, learningRate])).toEqual([
      ['features', 1e-4],
      ['classifier.0 + classifier.3', 5e-4],
      ['classifier.6', 1e-3],
    ])
    expect(ofType(events, 'epoch').map(({ epoch }) => epoch)).toEqual([0, 1])
  })

  it('learns what can be learnt', async () => {
    const { events } = await run({
      ...settings['tiny-vgg'],
      plan: 'everything',
      epochs: 6,
      optimizer: 'adam',
    })
    expect(ofType(events, 'finished')[0]!.best.accuracy).toBe(1)
    const losses = ofType(events, 'epoch').map(({ val }) => val.loss)
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2)
  })

  it('holds as many tensors after a run as before, and as many in each batch as in the one before', async () => {
    const counts: number[] = []
    const before = tf.memory().numTensors
    await run(
      {
        ...settings['tiny-bn'],
        plan: 'everything',
        epochs: 2,
        optimizer: 'adam',
        movingAverage: 0.9,
        clip: 1,
      },
      { onEvent: ({ type }) => type === 'batch' && counts.push(tf.memory().numTensors) },
    )
    expect(tf.memory().numTensors).toBe(before)
    expect(new Set(counts.slice(1)).size).toBe(1)
  })

  it('holds as many tensors after a run that failed', async () => {
    const before = tf.memory().numTensors
    const given: RunSettings = { ...settings['tiny-vgg'], plan: { '': 100 }, epochs: 20 }
    await expect(run(given)).rejects.toMatchObject({ code: 'run.diverged' })
    expect(tf.memory().numTensors).toBe(before)
    const gone = folder.path('photos', dataset.photos[5]!.path)
    const bytes = await readFile(gone)
    await rm(gone)
    try {
      await expect(run({ ...settings['tiny-bn'], epochs: 1, plan: 'everything' })).rejects.toMatchObject({
        code: 'photo.missing',
        parameters: { file: gone },
      })
    } finally {
      await writeFile(gone, bytes)
    }
    expect(tf.memory().numTensors).toBe(before)
  })

  it('stops between two batches and goes on to the same bytes', async () => {
    const given: RunSettings = {
      ...settings['tiny-bn'],
      plan: 'everything',
      epochs: 3,
      optimizer: 'rmsprop',
      schedule: { kind: 'one-cycle' },
      movingAverage: 0.8,
    }
    const whole = await run(given)
    const { out, events } = await stoppedAfter(8, given)
    expect(events.at(-1)).toMatchObject({ type: 'stopped', epoch: 2, batch: 2, reason: 'asked' })
    const rest = await resumed(out)
    expect(rest[1]).toMatchObject({ type: 'started', epoch: 2, batch: 2 })
    expect((await last(out)).equals(await last(whole.out))).toBe(true)
    const receipts = (all: readonly RunEvent[]) => ofType(all, 'receipt').at(-1)
    expect(receipts(rest)).toEqual(receipts(whole.events))
  })

  it('sees other photos with another augmentation, and the same ones when it was stopped in between', async () => {
    const given: RunSettings = { ...settings['tiny-bn'], plan: 'everything', epochs: 2 }
    const light = await run({ ...given, augmentation: 'light' })
    const strong = await run({ ...given, augmentation: 'strong' })
    expect((await last(light.out)).equals(await last(strong.out))).toBe(false)
    const { out } = await stoppedAfter(3, { ...given, augmentation: 'strong' })
    await resumed(out)
    expect((await last(out)).equals(await last(strong.out))).toBe(true)
  })

  it('can be stopped before the first batch, and does all of it when it is resumed', async () => {
    const given: RunSettings = { ...settings['tiny-bn'], plan: 'everything', epochs: 1 }
    const control = new AbortController()
    const { out, events } = await run(given, {
      signal: control.signal,
      onEvent: ({ type }) => type === 'started' && control.abort(),
    })
    expect(events.map(({ type }) => type)).toEqual(['plan', 'started', 'checkpoint', 'stopped'])
    const rest = await resumed(out)
    expect(ofType(rest, 'epoch').map(({ epoch }) => epoch)).toEqual([0, 1])
    expect((await last(out)).equals(await last((await run(given)).out))).toBe(true)
  })

  it('can be stopped while it evaluates, and issues the same receipt when it goes on', async () => {
    const given: RunSettings = { ...settings['tiny-bn'], plan: 'everything', epochs: 2, cache: false }
    const whole = await run(given)
    const control = new AbortController()
    const { out, events } = await run(given, {
      signal: control.signal,
      // After this event comes the evaluation, with photos that have to be decoded.
      onEvent: (event) => {
        if (event.type === 'batch' && event.epoch === 1 && event.batch === event.batches)
          setTimeout(() => control.abort())
      },
    })
    expect(events.at(-1)).toMatchObject({ type: 'stopped', epoch: 1, batch: 6 })
    const rest = await resumed(out)
    expect(ofType(rest, 'receipt')).toEqual(ofType(whole.events, 'receipt'))
    expect((await last(out)).equals(await last(whole.out))).toBe(true)
  })

  it('stops early when it gets no better, also after it was resumed there', async () => {
    const given: RunSettings = {
      ...settings['tiny-bn'],
      plan: { fc: 1e-9 },
      epochs: 50,
      earlyStopping: { metric: 'accuracy', patience: 2 },
    }
    const { events } = await run(given)
    expect(ofType(events, 'epoch').at(-1)!.epoch).toBe(3)
    expect(ofType(events, 'stopped')).toEqual([
      { type: 'stopped', epoch: 3, batch: 0, reason: 'early-stopping' },
    ])
    const control = new AbortController()
    const cut = run(given, {
      signal: control.signal,
      onEvent: (event) => {
        if (event.type === 'checkpoint' && event.epoch === 3) throw new Error('killed')
      },
    })
    await expect(cut).rejects.toThrow('killed')
    const rest = await resumed(folder.path(`run-${runs}`))
    expect(ofType(rest, 'epoch')).toEqual([])
    expect(rest.at(-1)!.type).toBe('finished')
  })

  it('refuses settings that do not fit the photos, and leaves no folder', async () => {
    const given: RunSettings = { ...settings['tiny-bn'], classWeights: [1, 2, 3] }
    await expect(run(given)).rejects.toMatchObject({ code: 'config.invalid' })
    await expect(readdir(folder.path(`run-${runs}`))).rejects.toThrow('ENOENT')
  })

  it('goes on after a failure once its cause is gone', async () => {
    const given: RunSettings = { ...settings['tiny-bn'], plan: 'everything', epochs: 2 }
    const whole = await run(given)
    const gone = folder.path('photos', dataset.photos[3]!.path)
    const bytes = await readFile(gone)
    const failed = run(given, {
      onEvent: (event) => {
        if (event.type === 'epoch' && event.epoch === 1) void rm(gone)
      },
    })
    await expect(failed).rejects.toMatchObject({ code: 'photo.missing' })
    const out = folder.path(`run-${runs}`)
    const told: RunEvent[] = []
    for await (const { event } of readEvents(out)) told.push(event)
    expect(told.at(-1)).toMatchObject({ type: 'failed', code: 'photo.missing' })
    await writeFile(gone, bytes)
    await resumed(out)
    expect((await last(out)).equals(await last(whole.out))).toBe(true)
  })

  it('is deterministic and can be resumed in fast precision, and ends near the exact run', async () => {
    const given: RunSettings = { ...settings['tiny-vgg'], plan: 'everything', epochs: 2, precision: 'fast' }
    const [first, second] = [await run(given), await run(given)]
    expect((await last(first.out)).equals(await last(second.out))).toBe(true)
    const { out } = await stoppedAfter(7, given)
    await resumed(out)
    expect((await last(out)).equals(await last(first.out))).toBe(true)
    const exact = await run({ ...given, precision: 'exact' })
    expect((await last(exact.out)).equals(await last(first.out))).toBe(false)
    const loss = ({ events }: { events: RunEvent[] }) => ofType(events, 'epoch').at(-1)!.val.loss
    expect(Math.abs(loss(first) - loss(exact)) / loss(exact)).toBeLessThan(0.02)
  })

  it('can be compared in both precisions beforehand, which leaves nothing behind', async () => {
    const config = RunConfig.parse({ threads: 2, ...settings['tiny-vgg'], plan: 'everything' })
    const before = tf.memory().numTensors
    const found = await comparePrecisions({ home: folder.path('home'), dataset, config })
    expect(tf.memory().numTensors).toBe(before)
    if (!hasBfloat16()) {
      expect(found).toEqual({ gain: null, deviation: null, recommended: false })
      return
    }
    expect(found.gain).toBeGreaterThan(0)
    // bfloat16 has 8 bits: there has to be a difference, and not a large one.
    expect(found.deviation).toBeGreaterThan(0)
    expect(found.deviation).toBeLessThan(0.2)
  })

  it.skipIf(!hasBfloat16())(
    'leaves nothing behind of a comparison that is cancelled in its middle',
    async () => {
      const config = RunConfig.parse({ threads: 2, ...settings['tiny-vgg'], plan: 'everything' })
      const before = tf.memory().numTensors
      const control = new AbortController()
      // Its batch is there, and the first of its steps is done.
      const watching = setInterval(() => {
        if (tf.memory().numTensors > before) control.abort()
      }, 1)
      const comparison = comparePrecisions({
        home: folder.path('home'),
        dataset,
        config,
        signal: control.signal,
      })
      await expect(comparison).rejects.toMatchObject({ code: 'cancelled' })
      clearInterval(watching)
      expect(tf.memory().numTensors).toBe(before)
    },
  )
})
