import { starterModel } from '../../../../src/shared/api/features.ts'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Relations, rowsOfPhotos } from '../../../../src/main/engine/store/relations.ts'
import type { Near } from '../../../../src/main/engine/store/relations.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

const near: Near = {
  by: { model: starterModel, backbone: 'efficientnet-lite0' },
  computed: '2026-11-28T12:00:00.000Z',
  paths: ['a.jpg', 'b.jpg', 'c.jpg'],
  keys: ['1'.repeat(64), '2'.repeat(64), '2'.repeat(64)],
  entry: 3,
  k: 2,
  neighbours: Int32Array.of(1, 2, 2, 0, 1, -1),
  distances: Float32Array.of(0.1, 0.2, 0, 0.1, 0, 0),
  lonely: Float32Array.of(0.15, 0.05, 0),
  certainty: Float32Array.of(0.9, NaN, 0.25),
}

test('What was worked out is read back to the bit, and what is cut off counts as never computed', async () => {
  const relations = new Relations(folder.path('relations'))
  expect(await relations.near('one')).toBeUndefined()
  await relations.keepNear('one', near)
  expect(await new Relations(folder.path('relations')).near('one')).toEqual(near)
  expect(await relations.near('one')).toBe(await relations.near('one'))
  expect(await relations.map('one')).toBeUndefined()
  await writeFile(folder.path('relations', 'one.near.json'), '{"format":1')
  expect(await relations.near('one')).toBeUndefined()
})

test('A photo is found by its path, by its bytes where it was moved, and not by a path that holds another photo now', () => {
  const photos = [
    { path: 'c.jpg', hash: '2'.repeat(64) },
    { path: 'moved/a.jpg', hash: '1'.repeat(64) },
    { path: 'b.jpg', hash: '9'.repeat(64) },
  ]
  expect([...rowsOfPhotos(near, photos)]).toEqual([2, 0, -1])
})
