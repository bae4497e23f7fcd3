import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { curveOf, nextToLabel, retrainHead, spreadOfRun, whyOf } from '../../src/main/engine/bank/runHeads.ts'
import {
  readEvents,
  readRecord,
  recordFile,
  summarise,
  withTemperature,
} from '../../src/main/engine/store/runFolder.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { mcnemar } from '../../src/shared/evaluation/paired.ts'
import type { RunEventOf } from '../../src/shared/run.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const env = () => ({ THAW_HOME: folder.path('home') })
const folders = () => ({ home: folder.path('home'), cache: folder.path('home') })
const run = () => folder.path('run')
const request = () => ({ folders: folders(), run: run() })

describe.skipIf(!nativeAddon() && !process.env['CI'])('On a run’s features', () => {
  beforeAll(async () => {
    await drawTinyPhotos(folder.path('photos'), 40, 24)
    const config = folder.path('config.json')
    const settings = await tinySettings(folder.path('weights'), 'tiny-vgg')
    await writeFile(config, JSON.stringify({ ...settings, plan: 'everything', epochs: 1 }))
    const trained = await thaw(
      ['train', folder.path('photos'), '--config', config, '--out', run(), '--json'],
      { env: env() },
    )
    expect(trained.code).toBe(0)
  })

  it('a head is learnt again: a run like any other, which classifies as it was said', async () => {
    const { told: said, folder: made } = await retrainHead({ ...request(), name: 'again' })
    const { after, before, flips, paired } = said
    expect(paired.onlyAfter - paired.onlyBefore).toBe(after.correct - before.correct)
    expect(paired.p).toBe(mcnemar({ onlyA: paired.onlyBefore, onlyB: paired.onlyAfter }))
    expect(said).toMatchObject({ relabelled: 0, testPhotos: 0 })
    expect(after.total).toBe(24)
    expect(before.total).toBe(24)
    expect(after.correct - before.correct).toBe(
      flips.reduce(
        (sum, flip) => sum + Number(flip.after === flip.truth) - Number(flip.before === flip.truth),
        0,
      ),
    )
    expect(flips.length).toBeGreaterThan(0)
    for (const flip of flips) {
      expect(flip.after).not.toBe(flip.before)
      // Of two classes the one that is answered is the likelier one, before as after.
      expect(flip.probabilityBefore).toBeGreaterThanOrEqual(0.5)
      expect(flip.probability).toBeGreaterThanOrEqual(0.5)
    }
    expect(await summarise(made)).toMatchObject({ state: 'finished', name: 'again', best: after })
    expect((await readRecord(made)).solvedHead).toMatchObject({ from: 'run', C: 1 })
    const evaluated = await thaw(['evaluate', folder.path('photos'), '--run', made, '--json'], { env: env() })
    const told = objects<{ correct: number; total: number; loss: number }>(evaluated)[0]!
    expect(told).toMatchObject({ correct: after.correct, total: after.total })
    expect(told.loss).toBeCloseTo(after.loss, 4)
    const best = await readFile(`${made}/best.safetensors`)
    expect(best.equals(await readFile(`${made}/last.safetensors`))).toBe(true)
    const again = await retrainHead(request())
    expect(again.folder).not.toBe(made)
    const epochs: RunEventOf<'epoch'>[] = []
    for await (const { event } of readEvents(again.folder)) if (event.type === 'epoch') epochs.push(event)
    expect(epochs.map(({ epoch, best: isBest }) => [epoch, isBest])).toEqual([
      [0, false],
      [1, true],
    ])
  })

  it('a head gives way to one that was learnt after it, and no other run does', async () => {
    const { folder: first } = await retrainHead(request())
    const second = await retrainHead({ ...request(), replaces: path.basename(first) })
    expect(existsSync(first)).toBe(false)
    await retrainHead({ ...request(), run: second.folder, replaces: path.basename(second.folder) })
    expect(existsSync(second.folder)).toBe(true)
    const ofAnother = await retrainHead({ ...request(), run: second.folder })
    await retrainHead({ ...request(), replaces: path.basename(ofAnother.folder) })
    expect(existsSync(ofAnother.folder)).toBe(true)
  })

  it('a head learnt again has no temperature of the one before', async () => {
    const before = await readRecord(run())
    await writeFile(path.join(run(), recordFile), JSON.stringify(withTemperature(before, 1.7)))
    const { folder: made } = await retrainHead(request())
    expect((await readRecord(made)).temperature ?? null).toBeNull()
    await writeFile(path.join(run(), recordFile), JSON.stringify(before))
  })

  it('labels go by their names: classes in another order are no other labels', async () => {
    const { dataset, classes } = await readRecord(run())
    const photos = dataset.photos.map((photo) => ({ ...photo, class: 1 - photo.class }))
    const turned = {
      ...dataset,
      classes: classes.toReversed(),
      photos,
      unreadable: [],
      seed: 1,
      valShare: 0.2,
    }
    const { told: said } = await retrainHead({ ...request(), dataset: turned })
    const { told: asBefore } = await retrainHead(request())
    expect(said.relabelled).toBe(0)
    expect(said.before.correct).toBe(asBefore.before.correct)
    expect(said.after.correct).toBe(asBefore.after.correct)
  })

  it('a class whose last training photo was left out has no chance, and no infinite number in the file', async () => {
    const { dataset, classes } = await readRecord(run())
    const asGrey = dataset.photos.find(({ split }) => split === 'val')!
    const photos = dataset.photos.map((photo) => (photo === asGrey ? { ...photo, class: 2 } : photo))
    const now = { ...dataset, classes: [...classes, 'grey'], photos, unreadable: [], seed: 1, valShare: 0.2 }
    const { told: said, folder: made } = await retrainHead({
      ...request(),
      dataset: now,
    })
    expect(said.flips.every(({ after }) => after < 2)).toBe(true)
    expect(said.relabelled).toBe(1)
    expect(Number.isFinite(said.after.loss)).toBe(true)
    const file = await openWeights(`${made}/best.safetensors`)
    const head = file.tensors.find(({ shape }) => shape.length === 1 && shape[0] === 3)!
    const biases = await file.read(head.name)
    await file.close()
    expect(biases.every(Number.isFinite)).toBe(true)
    expect(biases[2]).toBeLessThan(Math.min(biases[0]!, biases[1]!) - 100)
  })

  it('an answer is asked for without each of the nearest training photos', async () => {
    const { photos } = (await readRecord(run())).dataset
    const asked = photos.find(({ split }) => split === 'val')!
    const why = await whyOf({ ...request(), photo: asked.path, nearest: 5 })
    expect(why.without).toHaveLength(5)
    expect(why.solved[0]! + why.solved[1]!).toBeCloseTo(1, 12)
    const changes = why.without.filter(({ flips }) => !flips).map(({ change }) => Math.abs(change))
    expect(changes).toEqual(changes.toSorted((a, b) => b - a))
    for (const { photo, change } of why.without) {
      expect(photos.find((it) => it.path === photo)!.split).toBe('train')
      expect(change).not.toBe(0)
    }
    const own = photos.find(({ split }) => split === 'train')!.path
    const ofTraining = await whyOf({ ...request(), photo: own, nearest: 3 })
    expect(ofTraining.without.map(({ photo }) => photo)).not.toContain(own)
    await expect(whyOf({ ...request(), photo: 'nobody.jpg', nearest: 3 })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('accuracy grows with photos, and depends on chance', async () => {
    const curve = await curveOf(request())
    expect(curve.points.map(({ photos }) => photos)).toEqual(
      curve.points.map(({ photos }) => photos).toSorted((a, b) => a - b),
    )
    expect(curve.points.at(-1)).toMatchObject({ share: 1, photos: 40 })
    for (const { mean, interval } of curve.points) {
      expect(interval[0]).toBeLessThanOrEqual(mean)
      expect(interval[1]).toBeGreaterThanOrEqual(mean)
    }
    expect(curve.gains.map((it) => it.class).sort()).toEqual([0, 1])
    const spread = await spreadOfRun({ ...request(), folds: 4, seeds: 3 })
    expect(spread.folds.values).toHaveLength(4)
    expect(spread.seeds.values).toHaveLength(3)
  })

  it('the photos that a head can tell least are to be labelled next', async () => {
    const { photos } = (await readRecord(run())).dataset
    const unlabelled = photos.filter(({ split }) => split === 'val').map((photo) => photo.path)
    const next = await nextToLabel({ ...request(), unlabelled, count: 6 })
    const margins = next.photos.map(({ margin }) => margin)
    expect(margins).toEqual(margins.toSorted((a, b) => a - b))
    for (const { photo } of next.photos) expect(unlabelled).toContain(photo)
  })
})
