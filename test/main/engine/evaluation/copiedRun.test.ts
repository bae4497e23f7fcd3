import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { scanDataset } from '../../../../src/main/engine/datasets/scan.ts'
import { evaluateFolder } from '../../../../src/main/engine/evaluation/evaluateFolder.ts'
import { evaluateRun } from '../../../../src/main/engine/evaluation/evaluateRun.ts'
import { movementOf } from '../../../../src/main/engine/evaluation/movement.ts'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
import { writeReport } from '../../../../src/main/engine/report/report.ts'
import { summarise } from '../../../../src/main/engine/store/runFolder.ts'
import { train } from '../../../../src/main/engine/training/train.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../../../support/tinyTraining.ts'

/** A run that was trained on one machine, and copied into the data folder of another: other paths, no photos, no first weights. */
const folder = temporaryFolder()
const copied = () => folder.path('here/runs/from-elsewhere')
let id = ''

beforeAll(async () => {
  vi.stubEnv('THAW_BACKEND', 'cpu')
  vi.stubEnv('THAW_HOME', folder.path('here'))
  vi.stubEnv('THAW_CACHE', folder.path('here/cache'))
  await drawTinyPhotos(folder.path('there/photos'), 16, 6)
  const dataset = await scanDataset(folder.path('there/photos'), { seed: 1 })
  const config = RunConfig.parse({
    ...(await tinySettings(folder.path('there/weights'), 'tiny-bn')),
    ...{ augmentation: 'none', threads: 1, epochs: 1, plan: { fc: 0.1 } },
  })
  const out = folder.path('there/run')
  for await (const event of train({ home: folder.path('there'), folder: out, dataset, config }))
    if (event.type === 'started') id = event.run
  await cp(out, copied(), { recursive: true })
  // Its photos are here too, in another place; what it names is gone.
  await rename(folder.path('there/photos'), folder.path('mine'))
  await rm(folder.path('there'), { recursive: true })
  // Of another system, too.
  const file = `${copied()}/run.json`
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    text.replaceAll(JSON.stringify(folder.path('there')).slice(1, -1), 'C:\\\\Users\\\\someone'),
  )
})
afterAll(() => vi.unstubAllEnvs())

describe('A run copied from another machine', () => {
  it('opens in the list with all that it tells of itself', async () => {
    const library = await openLibrary(
      { home: folder.path('here'), cache: folder.path('here/cache') },
      () => undefined,
    )
    const context = { signal: new AbortController().signal, progress: () => undefined }
    try {
      const { runs, damaged } = await library.handlers['runs.list']({}, context)
      expect(damaged).toEqual([])
      expect(runs.map((run) => [run.id, run.state, run.folder])).toEqual([[id, 'finished', copied()]])
      const { events } = await library.handlers['runs.events'](
        { run: id, from: 0, limit: 2000, every: 1 },
        context,
      )
      expect(events.at(-1)!.type).toBe('finished')
      const pictures = await library.handlers['runs.pictures'](
        { run: id, photos: ['val/dark/dark-16.png'] },
        context,
      )
      expect(pictures).toEqual({ dataset: null, pictures: [null] })
      const { photos } = await library.handlers['runs.watched']({ run: id }, context)
      expect(photos.every(({ picture, history }) => picture === null && history.length === 2)).toBe(true)
    } finally {
      await library.close()
    }
  })

  it('answers photos that are here, and is reported', async () => {
    const dataset = await scanDataset(folder.path('mine'), { seed: 1 })
    const { report, failed } = await evaluateFolder({
      ...{ home: folder.path('here'), run: id, dataset, part: 'val' },
    })
    const { best } = await summarise(copied())
    expect(failed).toEqual([])
    expect([report.correct, report.total]).toEqual([best!.correct, best!.total])
    expect((await writeReport(copied(), folder.path('report.html'), 'ko')).bytes).toBeGreaterThan(1000)
  })

  it('counts photos that are away, and where all are it keeps no answer but names one of them', async () => {
    const dataset = await scanDataset(folder.path('mine'), { seed: 1 })
    const asked = { home: folder.path('here'), run: id, part: 'val' as const }
    await rename(folder.path('mine/val/dark'), folder.path('away'))
    const evaluation = await evaluateRun({ ...asked, dataset })
    expect([evaluation.photos.length, evaluation.failed, evaluation.report.total]).toEqual([3, 3, 3])
    await rename(folder.path('away'), folder.path('mine/val/dark'))
    await expect(evaluateRun(asked)).rejects.toMatchObject({ code: 'photo.missing' })
  })

  it('says that its first weights are not here', async () => {
    await expect(movementOf(copied())).rejects.toMatchObject({ code: 'weights.missing' })
  })
})
