import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { RunMarkFile } from '../../../../src/main/engine/store/runMarks.ts'
import { leastMissed } from '../../../../src/main/engine/store/keptEpochs.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

test('Remarks stay when the library starts again, and a run without any leaves nothing behind', async () => {
  const file = folder.path('marks.json')
  await new RunMarkFile(file).mark(['a', 'b'], { star: true, tags: ['good', 'good'] })
  await new RunMarkFile(file).mark(['b'], { star: false, tags: [] })
  const { marks } = await new RunMarkFile(file).read()
  expect(marks).toEqual({ a: { star: true, tags: ['good'], note: '', archived: false } })
})

test('Changes of several runs are one change of the file, and touch only what each of them names', async () => {
  const marks = new RunMarkFile(folder.path('each.json'))
  await marks.mark(['a', 'b'], { star: true, note: 'of rain' })
  const { marks: found } = await marks.markEach({
    a: { star: false },
    b: { tags: ['good'] },
    c: { archived: true },
  })
  expect(found).toEqual({
    a: { star: false, tags: [], note: 'of rain', archived: false },
    b: { star: true, tags: ['good'], note: 'of rain', archived: false },
    c: { star: false, tags: [], note: '', archived: true },
  })
})

test('Two windows that remark on runs at the same time lose nothing of each other', async () => {
  const marks = new RunMarkFile(folder.path('two.json'))
  await Promise.all([
    marks.mark(['a'], { star: true }),
    marks.mark(['a'], { note: 'of rain' }),
    marks.mark(['b'], { archived: true }),
    marks.choose(['size', 'size', 'when']),
  ])
  const { marks: found, columns } = await marks.read()
  expect(found['a']).toMatchObject({ star: true, note: 'of rain' })
  expect(found['b']).toMatchObject({ archived: true })
  expect(columns).toEqual(['size', 'when'])
})

test('A file that cannot be understood is as none', async () => {
  const file = folder.path('broken.json')
  await writeFile(file, '{"marks":')
  expect((await new RunMarkFile(file).read()).marks).toEqual({})
})

test('Of kept epochs the one between the closest neighbours goes first, then the last, then the best', () => {
  expect(leastMissed([1, 2, 3, 8, 9], 9, 9)).toBe(1)
  expect(leastMissed([2, 8, 9, 20], 2, 20)).toBe(8)
  expect(leastMissed([4, 9], 4, 9)).toBe(9)
  expect(leastMissed([4], 4, 4)).toBe(4)
})

test('Remarks of a later Thaw, which are not understood here, are set aside by the first change and not written over', async () => {
  const place = folder.path('later', 'marks.json')
  const later = JSON.stringify({ marks: { a: { note: 'mine', colour: 'red' } }, columns: [] })
  await put(place, later)
  const file = new RunMarkFile(place)
  await file.mark(['b'], { star: true })
  await file.mark(['b'], { note: 'two' })
  expect((await file.read()).marks).toMatchObject({ b: { star: true, note: 'two' } })
  const [aside, ...others] = (await readdir(path.dirname(place))).filter((name) => name !== 'marks.json')
  expect(others).toEqual([])
  expect(await readFile(path.join(path.dirname(place), aside!), 'utf8')).toBe(later)
})
