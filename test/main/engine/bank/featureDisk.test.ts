import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { FeatureStore } from '../../../../src/main/engine/bank/featureStore.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const disk = vi.hoisted(() => ({ freeGiB: 100, synced: [] as string[] }))
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>()
  const open = async (...given: Parameters<typeof real.open>): Promise<FileHandle> => {
    const handle = await real.open(...given)
    const datasync = handle.datasync.bind(handle)
    return Object.assign(handle, {
      datasync: () => {
        disk.synced.push(path.extname(String(given[0])))
        return datasync()
      },
    })
  }
  const statfs = () => Promise.resolve({ bavail: disk.freeGiB * 2 ** 18, bsize: 2 ** 12 })
  return { ...real, open, statfs }
})

const folder = temporaryFolder()
const key = { weights: 'aa', cut: 'pool', preparation: recipePreparation, environment: [] }
const openIn = async (name: string) => (await FeatureStore.open(folder.path(name), key))!
const fill = async (store: FeatureStore, from: number, to: number) => {
  for (let i = from; i < to; i += 1) await store.put(`photo${i} evaluation`, Float32Array.from([i, i + 0.5]))
}

beforeEach(() => {
  disk.freeGiB = 100
  disk.synced.length = 0
})

it('Kept features are brought to the disk after every 256 rows and when the set is closed: rows first, then what names them', async () => {
  const store = await openIn('synced')
  await fill(store, 0, 255)
  expect(disk.synced).toEqual([])
  await fill(store, 255, 300)
  expect(disk.synced).toEqual(['.rows', '.index'])
  await store.close()
  expect(disk.synced).toEqual(['.rows', '.index', '.rows', '.index'])
})

it('A set takes no further rows once less than 5 GiB are free, and gives those that it has', async () => {
  const store = await openIn('full')
  await fill(store, 0, 256)
  disk.freeGiB = 5
  await fill(store, 256, 600)
  // At 512 there was just enough left.
  expect(store.has('photo599 evaluation')).toBe(true)
  disk.freeGiB = 4.99
  await fill(store, 600, 800)
  expect(store.has('photo767 evaluation')).toBe(true)
  expect(store.has('photo768 evaluation')).toBe(false)
  expect(await store.get('photo767 evaluation', 2)).toEqual(Float32Array.from([767, 767.5]))
  await store.close()
})
