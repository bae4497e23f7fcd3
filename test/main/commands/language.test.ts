import { afterEach, describe, expect, it } from 'vitest'
import { chooseLanguage, spoken } from '../../../src/main/commands/language.ts'
import { told, words } from '../../../src/main/commands/words.ts'

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})
function locale(given: Record<string, string>): void {
  process.env = { LC_ALL: '', LC_MESSAGES: '', LANG: '', ...given }
}

describe('the language of the command line', () => {
  it('is that of the locale, in the order that POSIX has', () => {
    locale({ LANG: 'ko_KR.UTF-8' })
    expect(spoken()).toBe('ko')
    locale({ LANG: 'ko_KR.UTF-8', LC_MESSAGES: 'en_GB' })
    expect(spoken()).toBe('en')
    locale({ LC_ALL: 'ko', LANG: 'de_DE' })
    expect(spoken()).toBe('ko')
    locale({ LANG: 'C.UTF-8' })
    expect(spoken()).toBe('en')
  })

  it('is the one that was asked for, whatever the locale', () => {
    locale({ LANG: 'en_US' })
    chooseLanguage('ko')
    expect(spoken()).toBe('ko')
    expect(words('threads', { count: 2 })).toBe('스레드 2개')
    expect(told({ code: 'photo.empty', message: 'x', parameters: { file: 'a.jpg' } })).toBe(
      '“a.jpg”는 빈 파일입니다(0바이트).',
    )
    expect(told({ code: 'of.tomorrow', message: 'as recorded', parameters: {} })).toBe('as recorded')
  })
})
