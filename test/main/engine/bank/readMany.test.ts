import { open } from 'node:fs/promises'
import path from 'node:path'
import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { FeatureStore } from '../../../../src/main/engine/bank/featureStore.ts'
import { PhotoHashes } from '../../../../src/main/engine/bank/photoHashes.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const key = { weights: 'aa', cut: 'global_pool', preparation: recipePreparation, environment: ['cpu'] }
const rowOf = (n: number) => Float32Array.from([n, n + 0.25, n + 0.5])

it('many rows are read at once, in the order asked for, and those that are damaged are told', async () => {
  const place = folder.path('features')
  const store = (await FeatureStore.open(place, key))!
  for (let n = 0; n < 3000; n += 1) await store.put(`photo ${n}`, rowOf(n))
  const rows = (await readdir(place)).find((name) => name.endsWith('.rows'))!
  const file = await open(path.join(place, rows), 'r+')
  await file.write(Buffer.from([9]), 0, 1, 17 * 12)
  await file.close()
  const wanted = ['photo 2999', 'photo 5', 'nobody', 'photo 17', 'photo 1500', 'photo 5']
  const target = new Float32Array(wanted.length * 3)
  expect(await store.getAll(wanted, 3, target)).toEqual([2, 3])
  expect([...target]).toEqual([...rowOf(2999), ...rowOf(5), 0, 0, 0, 0, 0, 0, ...rowOf(1500), ...rowOf(5)])
  expect(await store.getAll(wanted, 4, target)).toEqual([0, 1, 2, 3, 4, 5])
  await store.close()
})

it('hashes are remembered by path, size and time, and damaged lines are passed over', async () => {
  const photo = await put(folder.path('photos', 'one.jpg'), 'abc')
  const { utimes, appendFile } = await import('node:fs/promises')
  await utimes(photo, 1000, 1000)
  const place = folder.path('hashes')
  const first = await PhotoHashes.open(place)
  const [hash] = await first.of([photo])
  await first.save()
  await appendFile(path.join(place, 'photos.hashes'), '00000000 ["x",1,2,"y"]\ntorn')
  // The same size and time: it is not read again.
  await put(photo, 'xyz')
  await utimes(photo, 1000, 1000)
  const again = await PhotoHashes.open(place)
  expect(await again.of([photo, folder.path('gone.jpg')])).toEqual([hash, undefined])
  await utimes(photo, 1001, 1001)
  expect(await again.of([photo])).not.toEqual([hash])
})
