import { cp, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import type { EvaluationReport } from '../../src/shared/evaluation/report.ts'
import type { RunEvent, RunEventOf } from '../../src/shared/run.ts'
import { mix } from '../../src/shared/random.ts'
import { readRecord } from '../../src/main/engine/store/runFolder.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { put, temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const photos = folder.path.bind(undefined, 'photos')
const run = (args: readonly string[]) => thaw(args, { env: { THAW_HOME: folder.path('home') } })

/** Trains a tiny network into `name`; its last event. */
async function trained(name: string, more: object, dataset = photos()): Promise<RunEventOf<'finished'>> {
  const config = folder.path(`${name}.json`)
  await writeFile(
    config,
    JSON.stringify({ ...(await tinySettings(folder.path('weights'), 'tiny-vgg')), ...more }),
  )
  const out = folder.path(name)
  const result = await run(['train', dataset, '--config', config, '--out', out, '--name', name, '--json'])
  expect(result.err).toBe('')
  return objects<RunEvent>(result).at(-1) as RunEventOf<'finished'>
}

/** The class each validation photo is answered with, by its path. */
async function answersOf(name: string): Promise<Map<string, string>> {
  const answered = await run(['classify', photos('val'), '--run', folder.path(name), '--json', '--top', '1'])
  return new Map(
    objects<{ photo: string; top: { class: string }[] }>(answered).map((it) => [it.photo, it.top[0]!.class]),
  )
}

const isRight = ([photo, answer]: [string, string]) => path.basename(path.dirname(photo)) === answer

type Told = EvaluationReport & { part: string }

let cut: Promise<{ best: RunEventOf<'finished'>['best']; told: Told }> | undefined

/** Validation photos that show their own class in a strip only, which is cut out; two runs on them, and what `evaluate` says of the first. */
const onCut = () =>
  (cut ??= (async () => {
    const rows = (await readdir(photos('train'), { recursive: true }))
      .filter((file) => file.endsWith('.png'))
      .map((file) => `train/${file},${path.dirname(file)},train,`)
    for (let i = 0; i < 12; i += 1) {
      const light = i % 2 === 1
      const pixels = Uint8Array.from({ length: 24 * 20 * 3 }, (_, k) => {
        const isInStrip = Math.floor(k / 3) % 24 < 8
        return (mix(k + i * 7919) >>> 25) + (isInStrip === light ? 120 : 0)
      })
      const raw = { width: 24, height: 20, channels: 3 } as const
      const picture = await sharp(pixels, { raw }).png().toBuffer()
      await put(photos('strips', `${i}.png`), picture)
      rows.push(`strips/${i}.png,${light ? 'light' : 'dark'},val,0 0 8 20`)
    }
    await put(photos('cut.csv'), ['path,class,split,crop', ...rows].join('\n'))
    const settings = { plan: 'everything', epochs: 2, optimizer: 'adam' }
    const { best } = await trained('cut', settings, photos('cut.csv'))
    await trained('cut-again', { ...settings, seed: 5 }, photos('cut.csv'))
    // Where its photos came from, which the folder beside the list does not tell.
    expect((await readRecord(folder.path('cut'))).dataset.source).toBe(photos('cut.csv'))
    const args = ['evaluate', photos('cut.csv'), '--run', folder.path('cut'), '--json']
    return { best, told: objects<Told>(await run(args))[0]! }
  })())

describe.skipIf(!nativeAddon() && !process.env['CI'])('thaw', () => {
  let first: RunEventOf<'finished'>
  beforeAll(async () => {
    await drawTinyPhotos(photos(), 48, 40)
    first = await trained('first', { plan: 'everything', epochs: 2, optimizer: 'adam' })
    await trained('second', { plan: 'head-only', epochs: 1 })
  })

  describe('evaluate', () => {
    it('says of the validation photos what the run said of its best epoch', async () => {
      const told = objects<Told>(
        await run(['evaluate', photos(), '--run', folder.path('first'), '--json']),
      )[0]!
      const { correct, total, accuracy, interval, loss } = first.best
      expect(told).toMatchObject({ part: 'val', correct, total, accuracy, interval })
      expect(told.loss).toBeCloseTo(loss, 6)
      const answers = await answersOf('first')
      expect(told.correct).toBe([...answers].filter(isRight).length)
      expect(told.classes.map((it) => [it.class, it.support])).toEqual([
        ['dark', 20],
        ['light', 20],
      ])
      expect(told.confusion.flat().reduce((a, b) => a + b, 0)).toBe(40)
    })

    it('evaluates another part only when asked', async () => {
      const args = ['evaluate', photos(), '--run', folder.path('first'), '--json', '--part']
      expect(objects<Told>(await run([...args, 'train']))[0]).toMatchObject({ part: 'train', total: 48 })
      expect(objects<Told>(await run([...args, 'all']))[0]).toMatchObject({ part: 'all', total: 88 })
      const none = await run([...args, 'test'])
      expect(none.code).not.toBe(0)
      expect(none.err).toMatch(/The part “test” of “.*” has no photos/)
    })

    it('takes a folder that lacks a class, and leaves out what cannot be read', async () => {
      const some = folder.path('some')
      await cp(photos('val', 'dark'), path.join(some, 'dark'), { recursive: true })
      await put(path.join(some, 'dark', 'broken.jpg'), 'no photo')
      const result = await run(['evaluate', some, '--run', folder.path('first'), '--json'])
      expect(result.code).toBe(1)
      expect(result.err).toContain('broken.jpg')
      const told = objects<Told>(result)[0]!
      expect(told).toMatchObject({ part: 'all', total: 20 })
      expect(told.classes[1]).toMatchObject({ class: 'light', recall: null, averagePrecision: null })
    })

    it('takes a folder whose name differs in case only, but not two of one class', async () => {
      const copied = folder.path('copied')
      await cp(photos('val', 'light'), path.join(copied, 'LIGHT'), { recursive: true })
      const args = ['evaluate', copied, '--run', folder.path('first'), '--json']
      const told = objects<Told>(await run(args))[0]!
      expect(told.classes.map((it) => [it.class, it.support])).toEqual([
        ['dark', 0],
        ['light', 20],
      ])
      await cp(photos('val', 'light'), path.join(copied, 'Light'), { recursive: true })
      expect((await run(args)).code).toBe(2)
    })

    it('sees of a photo what was cut out for the network, as training did', async () => {
      const { told, best } = await onCut()
      expect(told).toMatchObject({ part: 'val', correct: best.correct, total: best.total })
      expect(told.loss).toBeCloseTo(best.loss, 6)
    })

    it('refuses classes that the run does not know', async () => {
      const strange = folder.path('strange')
      await cp(photos('val'), strange, { recursive: true })
      await cp(photos('val', 'dark'), path.join(strange, 'grey'), { recursive: true })
      const result = await run(['evaluate', strange, '--run', folder.path('first')])
      expect(result.code).toBe(2)
      expect(result.err).toContain('“grey”')
    })
  })

  describe('compare', () => {
    interface Comparison {
      runs: { run: string; name: string; correct: number; total: number }[]
      pairs: { a: string; b: string; onlyA: number; onlyB: number; p: number; adjusted: number }[]
      settings: Record<string, unknown[]>
      plan: Record<string, unknown[]>
      photos: { total: number; differing: { photo: string; answers: string[] }[] }
    }
    const compared = async (...names: string[]) =>
      objects<Comparison>(await run(['compare', ...names.map((name) => folder.path(name)), '--json']))[0]!

    it('tests two runs on the same photos', async () => {
      const { runs, pairs, photos: shared } = await compared('first', 'second')
      const [a, b] = [await answersOf('first'), await answersOf('second')]
      const right = [a, b].map((answers) => new Set([...answers].filter(isRight).map(([photo]) => photo)))
      expect(runs.map(({ name, correct, total }) => [name, correct, total])).toEqual([
        ['first', right[0]!.size, 40],
        ['second', right[1]!.size, 40],
      ])
      expect(pairs).toHaveLength(1)
      expect(pairs[0]).toMatchObject({
        a: runs[0]!.run,
        b: runs[1]!.run,
        onlyA: [...right[0]!].filter((photo) => !right[1]!.has(photo)).length,
        onlyB: [...right[1]!].filter((photo) => !right[0]!.has(photo)).length,
      })
      const differing = [...a].filter(([photo, answer]) => b.get(photo) !== answer).map(([photo]) => photo)
      expect(shared.differing.map((it) => it.photo).toSorted()).toEqual(differing.toSorted())
      expect(differing.length).toBeGreaterThan(0)
    })

    it('names the settings and the nodes that differ, and no others', async () => {
      const { settings, plan } = await compared('first', 'second')
      expect(settings).toEqual({ epochs: [2, 1], optimizer: ['adam', 'sgd'] })
      expect(Object.keys(plan)).toContain('features')
      expect(plan['features']![1]).toBe('frozen')
    })

    it('corrects for the number of pairs', async () => {
      await trained('third', { plan: 'everything', epochs: 1 })
      const { pairs } = await compared('first', 'second', 'third')
      expect(pairs).toHaveLength(3)
      for (const { p, adjusted } of pairs) expect(adjusted).toBeGreaterThanOrEqual(p)
    })

    it('sees of a photo what was cut out for the network', async () => {
      const { best } = await onCut()
      const { runs } = await compared('cut', 'cut-again')
      expect(runs[0]).toMatchObject({ correct: best.correct, total: best.total })
    })

    it('compares only photos that are still there, and says when there are none', async () => {
      const [gone] = (await answersOf('first')).keys()
      await rm(gone!)
      expect((await compared('first', 'second')).photos.total).toBe(39)
      await rm(photos('val'), { recursive: true })
      const result = await run(['compare', folder.path('first'), folder.path('second')])
      expect(result.err).toContain('no validation photo in common')
      expect(await run(['compare', folder.path('first')])).toMatchObject({ code: 2 })
      expect(await run(['compare', folder.path('first'), folder.path('first')])).toMatchObject({ code: 2 })
    })
  })
})
