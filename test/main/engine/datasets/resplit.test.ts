import { expect, test } from 'vitest'
import { scanDataset } from '../../../../src/main/engine/datasets/scan.ts'
import { resplit } from '../../../../src/main/engine/datasets/resplit.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

test('A split that is drawn again is the one that a scan with this seed draws', async () => {
  for (const name of ['ants', 'bees'])
    for (let i = 0; i < 7; i += 1) await put(folder.path(name, `${i}.jpg`), await jpeg({ r: i, g: 0, b: 0 }))
  const scanned = await scanDataset(folder.path(), { seed: 1, threads: 1 })
  for (const seed of [1, 2, 3])
    expect(resplit(scanned, seed)).toEqual(await scanDataset(folder.path(), { seed, threads: 1 }))
})
