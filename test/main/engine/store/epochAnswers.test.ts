import { appendFile, mkdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import {
  historyIn,
  keepEpochAnswers,
  readEpochAnswers,
} from '../../../../src/main/engine/store/epochAnswers.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

async function aRun(name: string): Promise<string> {
  await mkdir(folder.path(name))
  return folder.path(name)
}

it('answers come back by their epochs: classes up to 65,535, probabilities in steps of 1/255', async () => {
  const run = await aRun('whole')
  await keepEpochAnswers(run, { epoch: 1, said: [0, 65_535, 300], truth: [0, 1, 0.5] })
  await keepEpochAnswers(run, { epoch: 0, said: [2, 1, 0], truth: [0.2, 0.4, 0.6] })
  expect(await readEpochAnswers(run)).toEqual([
    { epoch: 0, said: [2, 1, 0], truth: [0.2, 0.4, 0.6] },
    { epoch: 1, said: [0, 65_535, 300], truth: [0, 1, 128 / 255] },
  ])
})

it('an epoch that is done again after a resume counts as it was done last', async () => {
  const run = await aRun('again')
  await keepEpochAnswers(run, { epoch: 1, said: [0], truth: [0] })
  await keepEpochAnswers(run, { epoch: 1, said: [1], truth: [1] })
  expect(await readEpochAnswers(run)).toEqual([{ epoch: 1, said: [1], truth: [1] }])
})

it('an epoch whose entry was cut off by a kill or a full disk costs none of those that follow', async () => {
  const run = await aRun('torn')
  await keepEpochAnswers(run, { epoch: 0, said: [0], truth: [0] })
  await appendFile(`${run}/answers.jsonl`, '{"epoch":1,"sai')
  for (const epoch of [1, 2]) await keepEpochAnswers(run, { epoch, said: [1], truth: [1] })
  expect((await readEpochAnswers(run)).map(({ epoch }) => epoch)).toEqual([0, 1, 2])
})

it('a run of an earlier version has none, and a photo that an epoch did not ask is left out of it', async () => {
  expect(await readEpochAnswers(await aRun('former'))).toEqual([])
  const epochs = [
    { epoch: 0, said: [3], truth: [0.5] },
    { epoch: 1, said: [3, 4], truth: [0.5, 0.25] },
  ]
  expect(historyIn(epochs, 0)).toEqual([
    { epoch: 0, answer: 3, truthProbability: 0.5 },
    { epoch: 1, answer: 3, truthProbability: 0.5 },
  ])
  expect(historyIn(epochs, 1)).toEqual([{ epoch: 1, answer: 4, truthProbability: 0.25 }])
})
