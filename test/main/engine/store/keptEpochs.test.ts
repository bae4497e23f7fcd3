import path from 'node:path'
import { expect, test } from 'vitest'
import {
  keptEpochs,
  keptPlace,
  makeKeptPlace,
  thinOut,
} from '../../../../src/main/engine/store/keptEpochs.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

async function aRun(name: string, epochs: readonly number[], bytes = 2 ** 20): Promise<string> {
  const run = folder.path(name)
  for (const epoch of epochs) {
    await makeKeptPlace(run, epoch)
    await put(keptPlace(run, epoch).checkpoint, 'x'.repeat(bytes))
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
  await put(path.join(keptPlace(run, 2).folder, 'best.safetensors'), 'x')
  expect(await left(run)).toEqual([1])
})
