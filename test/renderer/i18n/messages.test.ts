import { describe, expect, it } from 'vitest'
import { errorTexts } from '../../../src/shared/errors.ts'
import type { ErrorCode } from '../../../src/shared/errors.ts'
import { errorsKo } from '../../../src/shared/errors.ko.ts'
import { en, i18n, ko } from '../../../src/renderer/i18n/index.ts'

const parametersOf = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()
const rooms = Object.keys(en) as (keyof typeof en)[]

describe.each(rooms)('the texts of %s', (room) => {
  const english: Readonly<Record<string, string>> = en[room]
  const korean: Readonly<Record<string, string>> = ko[room]

  it('are there in both languages', () => {
    expect(Object.keys(korean).sort()).toEqual(Object.keys(english).sort())
    expect(Object.entries(korean).filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('take the same parameters, but for the number that only chooses a plural', () => {
    const differing = Object.keys(english).filter((key) => {
      const [a, b] = [english, korean].map((texts) => parametersOf(texts[key]!).filter((it) => it !== '{n}'))
      return JSON.stringify(a) !== JSON.stringify(b)
    })
    expect(differing).toEqual([])
  })

  it.each(['en', 'ko'] as const)('can be read by vue-i18n in %s', (locale) => {
    for (const key of Object.keys(english)) {
      const translate = i18n.global.t as (key: string, named: object, options: object) => string
      const text = translate(`${room}.${key}`, { n: 2 }, { locale, plural: 2 })
      expect(text).not.toBe(`${room}.${key}`)
    }
  })
})

describe('the Korean errors', () => {
  it.each(Object.keys(errorTexts) as ErrorCode[])(
    '%s takes no parameter that the English one lacks',
    (code) => {
      for (const part of ['message', 'advice'] as const) {
        const known = parametersOf(errorTexts[code].message + errorTexts[code].advice)
        expect(known).toEqual(expect.arrayContaining(parametersOf(errorsKo[code][part])))
      }
    },
  )
})
