import path from 'node:path'
import { expect, it } from 'vitest'
import type { SharedPhoto } from '../../../../src/main/engine/evaluation/compareRuns.ts'
import {
  compareRuns,
  comparisonOf,
  sharedPhotos,
} from '../../../../src/main/engine/evaluation/compareRuns.ts'
import { holm, mcnemar } from '../../../../src/shared/evaluation/paired.ts'
import type { RunRecord } from '../../../../src/shared/run.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'
import { aRecord } from '../../../support/engine/records.ts'

const folder = temporaryFolder()

type Photos = RunRecord['dataset']['photos']
const photo = (name: string, of: number, split: 'train' | 'val' = 'val'): Photos[number] => ({
  ...{ path: name, class: of, split, width: 8, height: 8, bytes: 1, modified: 0 },
})
const recordOf = (id: string, created: string, classes: string[], photos: Photos): RunRecord => ({
  ...aRecord({
    id,
    dataset: { folder: folder.path('photos'), layout: 'split-folders', classes, photos, unreadable: [] },
    config: RunConfig.parse({}),
  }),
  created,
})

it('Runs are compared on photos that all of them validated and that are there, by the labels of the newest', async () => {
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await put(folder.path('photos', name), name)
  const old = recordOf(
    'old',
    '2026-01-01',
    ['ant', 'bee'],
    [photo('a.jpg', 0), photo('b.jpg', 0), photo('gone.jpg', 0), photo('c.jpg', 1, 'train')],
  )
  const young = recordOf(
    'young',
    '2026-02-01',
    ['bee', 'ant'],
    [photo('b.jpg', 0), photo('c.jpg', 0), photo('a.jpg', 1), photo('gone.jpg', 0)],
  )
  const expected = [
    { photo: folder.path('photos', 'b.jpg'), class: 'bee' },
    { photo: folder.path('photos', 'a.jpg'), class: 'ant' },
  ]
  expect(await sharedPhotos([old, young])).toEqual(expected)
  expect(await sharedPhotos([young, old])).toEqual(expected)
})

it('Answers are counted where every run has one; pairs are corrected for how many there are; only what differs is named', () => {
  const names = Array.from({ length: 20 }, (_, i) => `p${i}`)
  const shared: SharedPhoto[] = names.map((it) => ({ photo: it, class: 'ant' }))
  const records = ['one', 'two', 'three'].map((id) => recordOf(id, '2026-01-01', ['ant', 'bee'], []))
  /** Rightly answered photos; the others are taken for bees. */
  const answers = (right: (i: number) => boolean, unread: readonly string[] = []) =>
    new Map(names.flatMap((it, i) => (unread.includes(it) ? [] : [[it, right(i) ? 'ant' : 'bee'] as const])))
  const given = [answers(() => true), answers((i) => i >= 9), answers((i) => i >= 6, ['p19'])]
  const { runs, pairs, photos } = comparisonOf(records, shared, given)
  expect(runs.map(({ run, correct, total }) => [run, correct, total])).toEqual([
    ['one', 19, 19],
    ['two', 10, 19],
    ['three', 13, 19],
  ])
  expect(pairs.map(({ a, b, onlyA, onlyB }) => [a, b, onlyA, onlyB])).toEqual([
    ['one', 'two', 9, 0],
    ['one', 'three', 6, 0],
    ['two', 'three', 0, 3],
  ])
  const ps = [9, 6, 3].map((onlyA) => mcnemar({ onlyA, onlyB: 0 }))
  expect(pairs.map(({ p }) => p)).toEqual(ps)
  expect(pairs.map(({ adjusted }) => adjusted)).toEqual(holm(ps))
  expect(pairs[0]!.adjusted).toBeGreaterThan(pairs[0]!.p)
  expect(photos.total).toBe(19)
  expect(photos.differing.map((it) => it.photo)).toEqual(names.slice(0, 9))
  expect(photos.differing[7]!.answers).toEqual(['ant', 'bee', 'ant'])
})

it('A run is not compared with itself, nor with one that has no photo in common', async () => {
  const home = folder.path('home')
  await put(folder.path('photos', 'a.jpg'), 'a')
  const runs = { old: [photo('a.jpg', 0)], young: [photo('a.jpg', 1)], other: [photo('gone.jpg', 0)] }
  for (const [id, photos] of Object.entries(runs))
    await put(
      path.join(home, 'runs', id, 'run.json'),
      JSON.stringify(recordOf(id, '2026', ['ant', 'bee'], photos)),
    )
  const compared = (...ids: string[]) => compareRuns({ home, runs: ids })
  await expect(compared('old', 'young', 'old')).rejects.toMatchObject({
    code: 'run.twice',
    parameters: { run: 'old' },
  })
  await expect(compared('old', 'other')).rejects.toMatchObject({ code: 'run.no-shared-photos' })
})
