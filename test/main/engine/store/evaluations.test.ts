import { stat, utimes, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { Evaluations } from '../../../../src/main/engine/store/evaluations.ts'
import type { KeptEvaluation } from '../../../../src/shared/api/evaluation.ts'
import { evaluationReport } from '../../../../src/shared/evaluation/report.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

const answered = (epoch: number, part: KeptEvaluation['part'] = 'val'): KeptEvaluation => ({
  format: 1,
  epoch,
  entry: null,
  folder: '/photos',
  part,
  classes: ['cat', 'dog'],
  photos: [
    {
      ...{ photo: 'cat/1.jpg', truth: 0, answer: 0, probability: 0.75, truthProbability: 0.75 },
      top: [{ class: 0, probability: 0.75 }],
      slices: {},
    },
  ],
  failed: 0,
  report: evaluationReport([1, -1], [0], ['cat', 'dog']),
})

it('an evaluation counts as long as the run’s best epoch is the one that answered', async () => {
  const evaluations = new Evaluations(folder.path('best'))
  const of = { run: 'a', part: 'val' } as const
  expect(await evaluations.read(of, 3)).toBeUndefined()
  await evaluations.keep(of, answered(3))
  expect(await evaluations.read(of, 3)).toEqual(answered(3))
  for (const other of [2, 4]) expect(await evaluations.read(of, other)).toBeUndefined()
})

it('parts, runs and datasets are kept apart; a run’s own are told together', async () => {
  const evaluations = new Evaluations(folder.path('apart'))
  const val = { run: 'a', part: 'val' } as const
  const test = { run: 'a', part: 'test' } as const
  await evaluations.keep(val, answered(1))
  await evaluations.keep(test, answered(2, 'test'))
  await evaluations.keep({ ...val, dataset: 'other' }, answered(3))
  await evaluations.keep({ run: 'b', part: 'val' }, answered(4))
  const epochs = (of: KeptEvaluation[]) => of.map(({ epoch }) => epoch).sort((x, y) => x - y)
  expect(epochs(await evaluations.of('a'))).toEqual([1, 2])
  expect((await evaluations.read({ ...val, dataset: 'other' }, 3))?.epoch).toBe(3)
  expect(await evaluations.of('nobody')).toEqual([])
})

it('one that was written anew is read anew; as long as it is the same, so is what is given', async () => {
  const evaluations = new Evaluations(folder.path('anew'))
  const of = { run: 'a', part: 'val' } as const
  await evaluations.keep(of, answered(1))
  const first = await evaluations.read(of, 1)
  expect(await evaluations.read(of, 1)).toBe(first)
  // By another process, a second later.
  const file = folder.path('anew', 'a', 'val.json')
  const { mtimeMs } = await stat(file)
  await writeFile(file, JSON.stringify(answered(2)))
  await utimes(file, new Date(), new Date(mtimeMs + 1000))
  expect((await evaluations.read(of, 2))?.epoch).toBe(2)
})

it('one that is damaged, or of another form, is none', async () => {
  const evaluations = new Evaluations(folder.path('damaged'))
  const of = { run: 'a', part: 'val' } as const
  await evaluations.keep(of, answered(1))
  await writeFile(folder.path('damaged', 'a', 'val.json'), '{"format":1,"epo')
  expect(await evaluations.read(of, 1)).toBeUndefined()
  expect(await evaluations.of('a')).toEqual([])
})

it('many are read, and each is still itself', async () => {
  const evaluations = new Evaluations(folder.path('many'))
  const runs = Array.from({ length: 15 }, (_, i) => i)
  for (const i of runs) await evaluations.keep({ run: `r${i}`, part: 'val' }, answered(i))
  for (const i of [...runs, ...runs])
    expect((await evaluations.read({ run: `r${i}`, part: 'val' }, i))?.epoch).toBe(i)
})
