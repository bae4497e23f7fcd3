import { expect, it } from 'vitest'
import { allOf, extended, noSelection, toggled } from '../../../src/renderer/format/runSelection.ts'

const shown = ['a', 'b', 'c', 'd', 'e']
const chosenOf = ({ chosen }: { chosen: ReadonlySet<string> }) => [...chosen].sort()

it('One run after the other is taken, and left again', () => {
  const two = toggled(toggled(noSelection, 'a'), 'c')
  expect(chosenOf(two)).toEqual(['a', 'c'])
  expect(chosenOf(toggled(two, 'a'))).toEqual(['c'])
})

it('A range goes from what was taken last to there, upwards too, and can be drawn further or back', () => {
  const range = extended(toggled(toggled(noSelection, 'a'), 'd'), shown, 'b')
  expect(chosenOf(range)).toEqual(['a', 'b', 'c', 'd'])
  expect(chosenOf(extended(range, shown, 'c'))).toEqual(['a', 'c', 'd'])
  expect(chosenOf(extended(range, shown, 'e'))).toEqual(['a', 'd', 'e'])
  // What was taken by itself is no part of the range.
  expect(chosenOf(extended(extended(range, shown, 'a'), shown, 'd'))).toEqual(['a', 'd'])
})

it('Without a beginning in the list a range is this run alone, and begins there', () => {
  const gone = toggled(noSelection, 'gone')
  expect(chosenOf(extended(extended(gone, shown, 'b'), shown, 'd'))).toEqual(['b', 'c', 'd', 'gone'])
})

it('All are those that are shown: what the filter hides stays as it was, and asked twice all are left', () => {
  const hidden = toggled(noSelection, 'hidden')
  const all = allOf(hidden, shown)
  expect(chosenOf(all)).toEqual([...shown, 'hidden'])
  expect(chosenOf(allOf(all, shown))).toEqual(['hidden'])
})
