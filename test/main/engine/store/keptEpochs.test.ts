import path from 'node:path'
import { expect, test } from 'vitest'
import {
  keptEpochs,
  keptEpochPaths,
  leastMissed,
  makeKeptEpoch,
  thinOut,
} from '../../../../src/main/engine/store/keptEpochs.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

async function aRun(name: string, epochs: readonly number[], bytes = 2 ** 20): Promise<string> {
  const run = folder.path(name)
  for (const epoch of epochs) {
    await makeKeptEpoch(run, epoch)
    await put(keptEpochPaths(run, epoch).checkpoint, 'x'.repeat(bytes))
  }
  return run
}
const left = async (run: string) => (await keptEpochs(run)).map(({ epoch }) => epoch)

test('The best, the last and every n-th epoch are kept', async () => {
  const run = await aRun('every', [1, 2, 3, 4, 5, 6, 7])
  await thinOut(run, { keepEvery: 3, keepMegabytes: 100, best: 2, last: 7 })
  expect(await left(run)).toEqual([2, 3, 6, 7])
})

test('What they take stays within the size, the best and the last to the end', async () => {
  const run = await aRun('size', [1, 2, 3, 4, 5])
  await thinOut(run, { keepEvery: 1, keepMegabytes: 2, best: 3, last: 5 })
  expect(await left(run)).toEqual([3, 5])
  await thinOut(run, { keepEvery: 1, keepMegabytes: 0, best: 3, last: 5 })
  expect(await left(run)).toEqual([])
})

test('An epoch whose keeping did not end is none', async () => {
  const run = await aRun('half', [1])
  await put(path.join(keptEpochPaths(run, 2).folder, 'best.safetensors'), 'x')
  expect(await left(run)).toEqual([1])
})

test('The epoch goes first whose neighbours are closest together; then the last, then the best', () => {
  const of = (epochs: number[], best: number, last: number) => leastMissed(epochs, best, last)
  expect(of([1, 4, 5, 6, 20], 20, 20)).toBe(5)
  expect(of([5, 10, 12, 13, 20], 13, 20)).toBe(12)
  // Nothing lies before epoch 1 but the beginning.
  expect(of([1, 2, 9], 9, 9)).toBe(1)
  expect(of([3, 8], 3, 8)).toBe(8)
  expect(of([3], 3, 8)).toBe(3)
  expect(of([8], 8, 8)).toBe(8)
})
