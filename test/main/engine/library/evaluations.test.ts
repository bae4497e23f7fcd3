import { expect, test } from 'vitest'
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
