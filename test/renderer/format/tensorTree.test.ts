import { expect, it } from 'vitest'
import { tensorRows } from '../../../src/renderer/format/tensorTree.ts'

const tensor = (name: string, ours: string | null, shape = [2]) => ({
  ...{ name, ours, shape, dtype: 'float32', bytes: 8 },
})
const tensors = [tensor('m.body.0.weight', 'body.0.weight'), tensor('m.head.bias', 'head.bias')]
const fit = {
  ...{ network: 'resnet18', missing: [], unexpected: [], onlyHead: true, classes: 2 },
  misshapen: [{ name: 'head.bias', found: [2], expected: [1000] }],
}

it('A head of another number of classes fits; one that takes something else in is marked', () => {
  const open = new Set(['head'])
  const marks = (its: typeof fit | (Omit<typeof fit, 'classes'> & { classes: null })) =>
    tensorRows(tensors, its, open).map(({ differs }) => differs)
  expect(marks(fit)).toEqual([undefined, undefined])
  expect(marks({ ...fit, classes: null })).toEqual([undefined, 'misshapen'])
})

it('Tensors are found by their names in the file, and shown unfolded', () => {
  const more = [...tensors, tensor('m.body.0.bias', 'body.0.bias')]
  const rows = tensorRows(more, fit, new Set(), 'M.BODY')
  expect(rows.map(({ id }) => id)).toEqual(['body', 'body.0', 'body.0.weight', 'body.0.bias'])
})

it('A tensor that is alone in what holds it is shown as it is, with all of its name', () => {
  const rows = tensorRows([tensor('rig.weight', null)], null, new Set())
  expect(rows).toMatchObject([{ id: 'rig.weight', title: 'rig.weight', depth: 0 }])
  expect(rows[0]!.holds).toBeUndefined()
})

it('What is missing stands in its place', () => {
  const rows = tensorRows(tensors, { ...fit, missing: ['head.weight'] }, new Set(['head']))
  expect(rows.map(({ title, differs }) => [title, differs])).toEqual([
    ['body.0.weight', undefined],
    ['head', undefined],
    ['bias', undefined],
    ['weight', 'missing'],
  ])
})
