import { describe, expect, it } from 'vitest'
import { outsideWindow, windowAdvice } from '../../../src/renderer/i18n/advice.ts'
import { en, ko } from '../../../src/renderer/i18n/index.ts'
import { errorsKo } from '../../../src/shared/errors.ko.ts'
import { errorTexts } from '../../../src/shared/errors.ts'
import type { ErrorCode } from '../../../src/shared/errors.ts'
import { tellError } from '../../../src/shared/tellError.ts'

const codes = (Object.keys(errorTexts) as ErrorCode[]).filter((code) => !outsideWindow.includes(code))
const catalogues = { en: { rooms: en, errors: errorTexts }, ko: { rooms: ko, errors: errorsKo } }

/** Every sentence of the window, by where it stands. */
const sentences = (language: 'en' | 'ko'): [place: string, text: string][] => [
  ...Object.entries(catalogues[language].rooms).flatMap(([room, entries]) =>
    Object.entries(entries as Record<string, string>).map(([key, text]): [string, string] => [
      `${room}.${key}`,
      text,
    ]),
  ),
  ...codes.flatMap((code): [string, string][] => [
    [`${code} (message)`, catalogues[language].errors[code].message],
    [`${code} (advice)`, windowAdvice[language][code] ?? catalogues[language].errors[code].advice],
  ]),
]

describe.each(['en', 'ko'] as const)('the window in %s', (language) => {
  it('names no option of a command in a sentence', () => {
    const all = sentences(language)
    expect(all.length).toBeGreaterThan(1000)
    expect(all.filter(([, text]) => /(^|[^\w-])--[a-z]/.test(text))).toEqual([])
  })

  it('asks nobody to type a command in order to look into a file', () => {
    expect(
      sentences(language).filter(([, text]) => /thaw (inspect|network|undo|train|resume|runs)/.test(text)),
    ).toEqual([])
  })
})

it('Advice that stands in for another has its parameters filled in', () => {
  const parameters = { network: 'VGG16', nodes: 'x', suggestions: 'features' }
  const told = tellError(
    { code: 'plan.unknown-node', parameters },
    'ko',
    windowAdvice.ko['plan.unknown-node'],
  )
  expect(told.advice).toBe('비슷한 이름: features. “층” 단계가 모두 보여 줍니다.')
})
