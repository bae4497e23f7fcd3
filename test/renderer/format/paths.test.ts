import { expect, it } from 'vitest'
import { below } from '../../../src/renderer/format/paths.ts'

it.each([
  ['/sorted', '/sorted/bees/a.jpg', 'bees/a.jpg'],
  ['/sorted/', '/sorted/bees/a.jpg', 'bees/a.jpg'],
  ['/', '/bees/a.jpg', 'bees/a.jpg'],
  ['C:\\sorted', 'C:\\sorted\\bees\\a.jpg', 'bees\\a.jpg'],
  ['/sorted', '/sorted-not/a.jpg', '/sorted-not/a.jpg'],
  ['/sorted', '/sorted', '/sorted'],
  ['', 'a.jpg', 'a.jpg'],
])('below %j %j is %j', (folder, file, told) => {
  expect(below(folder, file)).toBe(told)
})
