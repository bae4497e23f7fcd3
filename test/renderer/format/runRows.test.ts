import { expect, test } from 'vitest'
import { betterOf, shortP, shortSetting } from '../../../src/renderer/format/comparison.ts'
import { noMark, runRows } from '../../../src/renderer/format/runRows.ts'
import type { RunQuery } from '../../../src/renderer/format/runRows.ts'
import { someRun } from '../support/samples.ts'

const rows = [
  { run: { ...someRun, id: 'new', name: 'Rain', bytes: 5, created: '2026-11-03' }, mark: noMark },
  {
    run: { ...someRun, id: 'old', name: 'bees', bytes: 9, created: '2026-11-01' },
    mark: { ...noMark, star: true, tags: ['good'] },
  },
  {
    run: { ...someRun, id: 'gone', name: 'ants', best: null, created: '2026-11-02' },
    mark: { ...noMark, archived: true, note: 'too dark' },
  },
]
const all: RunQuery = { text: '', shelf: 'all', state: null, tag: null }
const ids = (query: Partial<RunQuery>, by: 'when' | 'size' | 'name' = 'when', descending = true) =>
  runRows(rows, { ...all, ...query }, { by, descending }).map(({ run }) => run.id)

test('What is archived stands on its own shelf only, and what has a star on its too', () => {
  expect(ids({})).toEqual(['new', 'old'])
  expect(ids({ shelf: 'starred' })).toEqual(['old'])
  expect(ids({ shelf: 'archived' })).toEqual(['gone'])
})

test('A search finds every word in name, network, photos, tags and note, in any case', () => {
  expect(ids({ text: 'GOOD lite0' })).toEqual(['old'])
  expect(ids({ text: 'good rain' })).toEqual([])
  expect(ids({ text: 'dark', shelf: 'archived' })).toEqual(['gone'])
  expect(ids({ tag: 'good' })).toEqual(['old'])
  expect(ids({ state: 'failed' })).toEqual([])
})

test('Rows are sorted by any column in both directions', () => {
  expect(ids({}, 'size')).toEqual(['old', 'new'])
  expect(ids({}, 'name', false)).toEqual(['old', 'new'])
})

test('A pair has a better one only beyond chance', () => {
  const pair = { a: 'x', b: 'y', onlyA: 9, onlyB: 1, p: 0.02, adjusted: 0.04 }
  expect(betterOf(pair)).toBe('x')
  expect(betterOf({ ...pair, onlyA: 1, onlyB: 9 })).toBe('y')
  expect(betterOf({ ...pair, adjusted: 0.06 })).toBeUndefined()
  expect([shortP(0.0001), shortP(0.0312), shortP(1)]).toEqual(['< .001', '.031', '1'])
  expect(shortSetting({ kind: 'step', every: 3 })).toBe('kind:step, every:3')
})
