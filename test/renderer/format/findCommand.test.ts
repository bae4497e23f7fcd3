import { expect, it } from 'vitest'
import { fitOf } from '../../../src/renderer/format/findCommand.ts'

it('finds a title by its beginning, a word of it, or any part, in this order', () => {
  expect(fitOf('Settings', 'set')).toBe(0)
  expect(fitOf('Theme: dark', 'DARK')).toBe(1)
  expect(fitOf('Theme: dark', 'ark')).toBe(2)
  expect(fitOf('Theme: dark', 'light')).toBeUndefined()
  expect(fitOf('Theme: dark', '  ')).toBe(2)
})

it('finds Korean by initial consonants and while a syllable is being typed', () => {
  expect(fitOf('설정', 'ㅅㅈ')).toBe(0)
  expect(fitOf('새 학습', 'ㅎㅅ')).toBe(1)
  // A keyboard puts ㄱ and ㅅ together to one letter.
  expect(fitOf('검색', 'ㄳ')).toBe(0)
  expect(fitOf('선택', '서')).toBe(0)
  expect(fitOf('분류', '불')).toBeUndefined()
})
