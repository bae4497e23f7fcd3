import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { drawingOf, prepared } from '../../../../src/main/engine/datasets/resplit.ts'
import { Drawings } from '../../../../src/main/engine/store/drawings.ts'
import type { ScannedDataset } from '../../../../src/shared/dataset.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const rules = GroupRules.parse({})
const seed = 7

/** Two classes; every third photo has the bytes of the one before. */
const scanOf = (): ScannedDataset => ({
  ...{ folder: '/photos', layout: 'class-folders', classes: ['ants', 'bees'], unreadable: [] },
  photos: Array.from({ length: 60 }, (_, i) => ({
    path: `${i % 2 ? 'bees' : 'ants'}/${String(i).padStart(2, '0')}.jpg`,
    class: i % 2,
    split: 'train',
    ...{ bytes: 100, modified: i, width: 64, height: 48 },
    hash: `${i % 3 === 2 ? i - 1 : i}`,
    signature: createHash('md5').update(String(i)).digest('hex'),
  })),
})

const withoutTraces = (scan: ScannedDataset) => scan.photos.every((photo) => !('signature' in photo))

test('A dataset that is opened by a kept drawing is the one that would be drawn', async () => {
  const drawings = new Drawings(folder.path('a'))
  const scan = scanOf()
  const of = ['state', rules, seed]
  expect(await drawings.read('garden', of, scan.photos.length)).toBeUndefined()
  await drawings.write('garden', of, drawingOf(scan, rules, seed))
  const kept = await drawings.read('garden', of, scan.photos.length)
  const fresh = prepared(scanOf(), rules, seed)
  expect(prepared(scan, rules, seed, kept)).toEqual(fresh)
  expect(withoutTraces(fresh)).toBe(true)
  expect(fresh.photos.some(({ group }) => group !== undefined)).toBe(true)
  expect(new Set(fresh.photos.map(({ split }) => split))).toEqual(new Set(['train', 'val']))
})

test('A drawing of another state, of other rules, or that is damaged, counts as none', async () => {
  const drawings = new Drawings(folder.path('b'))
  const scan = scanOf()
  const of = ['state', rules, seed]
  const photos = scan.photos.length
  await drawings.write('garden', of, drawingOf(scan, rules, seed))
  expect(await drawings.read('garden', ['other', rules, seed], photos)).toBeUndefined()
  expect(await drawings.read('garden', ['state', { ...rules, day: true }, seed], photos)).toBeUndefined()
  expect(await drawings.read('garden', of, photos + 1)).toBeUndefined()
  const file = folder.path('b', 'garden.drawing')
  const bytes = await readFile(file)
  await writeFile(file, bytes.subarray(0, bytes.length - 3))
  expect(await drawings.read('garden', of, photos)).toBeUndefined()
})

test('A cache that cannot be written to keeps none, and says nothing', async () => {
  await put(folder.path('c'), '')
  const drawings = new Drawings(folder.path('c'))
  const scan = scanOf()
  await drawings.write('garden', ['state'], drawingOf(scan, rules, seed))
  expect(await drawings.read('garden', ['state'], scan.photos.length)).toBeUndefined()
})
