import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { similarOf } from '../../src/main/engine/bank/runHeads.ts'
import { evaluateRun } from '../../src/main/engine/evaluation/evaluateRun.ts'
import { readEpochAnswers } from '../../src/main/engine/store/epochAnswers.ts'
import { Evaluations } from '../../src/main/engine/store/evaluations.ts'
import { readRecord, withTemperature } from '../../src/main/engine/store/runFolder.ts'
import { photosOf } from '../../src/shared/dataset.ts'
import type { RunEvent, RunEventOf } from '../../src/shared/run.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const run = () => folder.path('run')
const env = () => ({ THAW_HOME: folder.path('home') })

describe.skipIf(!nativeAddon() && !process.env['CI'])('A run looked back at', () => {
  let events: RunEvent[]
  beforeAll(async () => {
    await drawTinyPhotos(folder.path('photos'), 40, 24)
    const config = folder.path('config.json')
    const settings = await tinySettings(folder.path('weights'), 'tiny-vgg')
    await writeFile(config, JSON.stringify({ ...settings, plan: 'everything', epochs: 2 }))
    const trained = await thaw(
      ['train', folder.path('photos'), '--config', config, '--out', run(), '--json'],
      {
        env: env(),
      },
    )
    expect(trained.code).toBe(0)
    events = objects<RunEvent>(trained)
  })

  it('knows what each validation photo was answered with in each epoch', async () => {
    const epochs = events.filter((event): event is RunEventOf<'epoch'> => event.type === 'epoch')
    const answers = await readEpochAnswers(run())
    expect(answers.map(({ epoch }) => epoch)).toEqual([0, 1, 2])
    const val = photosOf((await readRecord(run())).dataset, 'val')
    answers.forEach(({ said, truth }, i) => {
      const right = val.filter((photo, index) => said[index] === photo.class)
      expect(right.length).toBe(epochs[i]!.val.correct)
      const loss = Array.from(truth, (p) => -Math.log(Math.max(p, 1 / 255))).reduce((a, b) => a + b, 0)
      // Kept in steps of 1/255.
      expect(Math.abs(loss / truth.length - epochs[i]!.val.loss)).toBeLessThan(0.05)
    })
  })

  it('keeps an evaluation with every photo’s answer until its best epoch is another one', async () => {
    const kept = await evaluateRun({ home: folder.path('home'), run: run(), part: 'val' })
    const { best } = events.at(-1) as RunEventOf<'finished'>
    expect(kept.report).toMatchObject({ correct: best.correct, total: best.total })
    expect(kept.photos.filter(({ truth, answer }) => truth === answer)).toHaveLength(best.correct)
    for (const { top, answer, probability, truth, truthProbability, slices } of kept.photos) {
      expect(top[0]).toEqual({ class: answer, probability })
      expect(top.find((it) => it.class === truth)!.probability).toBe(truthProbability)
      expect(slices.size).toBeDefined()
    }
    const evaluations = new Evaluations(folder.path('evaluations'))
    await evaluations.keep({ run: 'one', part: 'val' }, kept)
    expect(await evaluations.read({ run: 'one', part: 'val' }, best.epoch)).toEqual(kept)
    expect(await evaluations.read({ run: 'one', part: 'val' }, best.epoch + 1)).toBeUndefined()
    expect(await evaluations.read({ run: 'one', part: 'test' }, best.epoch)).toBeUndefined()
    expect(await evaluations.of('one')).toEqual([kept])
  })

  it('has the training photos that its features put nearest, the nearest first', async () => {
    const { photos } = (await readRecord(run())).dataset
    const folders = { home: folder.path('home'), cache: folder.path('home') }
    const asked = photos.find(({ split }) => split === 'train')!.path
    const { similar } = await similarOf({ folders, run: run(), photo: asked, top: 5 })
    expect(similar).toHaveLength(5)
    expect(similar.map(({ photo }) => photo)).not.toContain(asked)
    const distances = similar.map(({ distance }) => distance)
    expect(distances).toEqual(distances.toSorted((a, b) => a - b))
  })

  it('classifies by the temperature that is stored with it, and tells its logits as they are', async () => {
    const photo = photosOf((await readRecord(run())).dataset, 'val')[0]!.path
    const ask = async () =>
      objects<{ top: { index: number; probability: number }[]; logits: number[] }>(
        await thaw(
          ['classify', path.join(folder.path('photos'), photo), '--run', run(), '--logits', '--json'],
          { env: env() },
        ),
      )[0]!
    const before = await ask()
    const record = withTemperature(await readRecord(run()), 4)
    await writeFile(path.join(run(), 'run.json'), JSON.stringify(record))
    const after = await ask()
    expect(after.logits).toEqual(before.logits)
    const exps = before.logits.map((logit) => Math.exp(logit / 4))
    const sum = exps.reduce((a, b) => a + b, 0)
    for (const { index, probability } of after.top) expect(probability).toBeCloseTo(exps[index]! / sum, 6)
    expect(after.top[0]!.index).toBe(before.top[0]!.index)
    await writeFile(path.join(run(), 'run.json'), JSON.stringify(withTemperature(record, null)))
    expect((await ask()).top).toEqual(before.top)
  })
})
