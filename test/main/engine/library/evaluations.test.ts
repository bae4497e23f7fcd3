import { expect, test } from 'vitest'
import { Decisions } from '../../../../src/main/engine/datasets/decisions.ts'
import { evaluationHandlers } from '../../../../src/main/engine/library/evaluations.ts'
import { evaluationReport } from '../../../../src/shared/evaluation/report.ts'

const classes = ['ants', 'bees']
const oneWrong = [2, 0, 0, 1, 1, 0, 3, 0, 0, 2]
const targets = [0, 1, 1, 0, 1]

/** What the handler stores with the run of these logits. */
async function calibrated(logits: readonly number[], on = true): Promise<unknown> {
  const stored: unknown[] = []
  const library = {
    runs: {
      get: () => Promise.resolve({ folder: '/run', best: { epoch: 1 } }),
      calibrate: (_run: string, temperature: number | null) => Promise.resolve(stored.push(temperature)),
    },
    evaluations: {
      read: () => Promise.resolve({ report: evaluationReport(logits, targets, classes) }),
    },
    emit: () => undefined,
  }
  await evaluationHandlers(library as never)['runs.calibrate']({ run: 'bees', on }, {} as never)
  return stored[0]
}

test('The temperature that the validation photos tell is stored with the run, and taken away again', async () => {
  const { temperature } = evaluationReport(oneWrong, targets, classes).scaled
  expect(await calibrated(oneWrong)).toBe(temperature)
  expect(temperature).toBeGreaterThan(0.01)
  expect(await calibrated(oneWrong, false)).toBeNull()
})

test('None is stored where all answers are right: it would call every answer certain', async () => {
  const allRight = oneWrong.with(4, 0).with(5, 1)
  await expect(calibrated(allRight)).rejects.toMatchObject({ code: 'run.no-temperature' })
})

test('Of a photo whose archive was packed again its label and its picture of now are told, and it is found by either path', async () => {
  const [then, now] = ['../s/more-1/a.jpg', '../s/more-2/a.jpg']
  const answered = { photo: then, truth: 0, answer: 1, probability: 0.9, truthProbability: 0.1, slices: {} }
  const from = {
    kind: 'repacked',
    n: 1,
    at: '2026-01-01T00:00:00.000Z',
    from: '../s/more-1',
    to: '../s/more-2',
  }
  const dataset = {
    stored: { dataset: { photos: [{ path: now }] } },
    browsed: { classes, photos: [{ path: now, class: 1, out: false }] },
    decisions: Decisions.of([from as never]),
  }
  const library = {
    runs: { get: () => Promise.resolve({ folder: '/run', best: { epoch: 1 } }) },
    evaluations: { read: () => Promise.resolve({ photos: [answered] }) },
    datasets: { list: () => Promise.resolve([{ id: 'd' }]), open: () => Promise.resolve(dataset) },
    pictures: { idOf: (_id: string, { path }: { path: string }) => `picture of ${path}` },
  }
  const ask = (photos?: string[]) =>
    evaluationHandlers(library as never)['evaluations.photos'](
      {
        ...{ run: 'bees', part: 'train', dataset: 'd', order: 'surest', offset: 0, limit: 9 },
        filter: photos ? { photos } : {},
      },
      {} as never,
    )
  const told = { total: 1, photos: [{ photo: then, now: 'bees', picture: `picture of ${now}` }] }
  for (const photos of [undefined, [then], [now]]) expect(await ask(photos)).toMatchObject(told)
  expect(await ask(['../s/more-3/a.jpg'])).toMatchObject({ total: 0 })
})
