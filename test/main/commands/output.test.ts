import { expect, it } from 'vitest'
import { tame } from '../../../src/main/commands/output.ts'

it("spells out control characters of a file's name, which could move a terminal's cursor or rename its window", () => {
  expect(tame('\u001b]0;owned\u0007\u001b[2Jbee\r.jpg')).toBe('\\x1b]0;owned\\x07\\x1b[2Jbee\\x0d.jpg')
  expect(tame('\u009b2J\u007f')).toBe('\\x9b2J\\x7f')
})

it('leaves lines, tabs and letters of any language as they are', () => {
  const text = 'ants\t12\n개미 é 🐝'
  expect(tame(text)).toBe(text)
})
