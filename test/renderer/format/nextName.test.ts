import { expect, it } from 'vitest'
import { nextName } from '../../../src/renderer/format/nextName.ts'

it('a name that is free stays as it is; one that is taken gets the first number that is free', () => {
  expect(nextName('bees', [])).toBe('bees')
  expect(nextName('bees', ['bees', 'bees (3)'])).toBe('bees (2)')
  expect(nextName('bees', ['bees', 'bees (2)', 'bees (3)'])).toBe('bees (4)')
})
