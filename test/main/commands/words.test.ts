import { afterAll, describe, expect, it } from 'vitest'
import { chooseLanguage } from '../../../src/main/commands/language.ts'
import { koreanWords, words } from '../../../src/main/commands/words.ts'

describe('what the command line says', () => {
  afterAll(() => chooseLanguage('en'))

  it('speaks of one as of one', () => {
    chooseLanguage('en')
    expect(words('staysInAll', { count: 1 })).toMatch(
      /^1 photo stays for you .* by its likeliest class with: --unsure file$/,
    )
    expect(words('staysInAll', { count: 2 })).toMatch(
      /^2 photos stay for you .* by their likeliest class with: --unsure file$/,
    )
    expect(words('takenBack', { count: 0 })).toBe('0 acts are taken back.')
    expect(words('lookedAt', { total: 1 })).toBe('of 1 photos looked at')
  })

  it('has one form in Korean', () => {
    chooseLanguage('ko')
    expect(words('takenBack', { count: 1 })).toBe('1개를 되돌렸습니다.')
    expect(Object.values(koreanWords).filter((text) => text.includes(' | '))).toEqual([])
  })
})
