import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { wordsIn } from '../../src/main/words.ts'
import { errorsKo } from '../../src/shared/errors.ko.ts'
import { koreanHelp } from '../../src/main/commands/help.ko.ts'
import { koreanWords } from '../../src/main/commands/words.ts'
import { pageKo } from '../../src/main/engine/exchange/tfjsPageWords.ts'
import { koreanReport } from '../../src/main/engine/report/words.ts'
import { withParticles } from '../../src/shared/korean.ts'
import { koreanReasons } from '../../src/shared/reasons.ko.ts'

// By its address: the window's part belongs to another project of the compiler's.
const catalogues = new URL('../../src/renderer/i18n/index.ts', import.meta.url).href
const { ko } = (await import(catalogues)) as {
  ko: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Every Korean text that a person can read, by where it stands. */
const texts: [place: string, text: string][] = [
  ...Object.entries(ko).flatMap(([room, entries]) =>
    Object.entries(entries).map(([key, text]): [string, string] => [`${room}.${key}`, text]),
  ),
  ...Object.entries(errorsKo).flatMap(([code, { message, advice }]): [string, string][] => [
    [`${code} (message)`, message],
    [`${code} (advice)`, advice],
  ]),
  ...Object.entries(koreanReasons.texts),
  ...Object.entries(wordsIn('ko')),
  ...Object.entries(koreanWords),
  ...Object.entries(koreanHelp),
  ...Object.entries(koreanReport),
  ...Object.entries(pageKo),
]

/** The third column of the glossary's tables, word by word. */
const never = readFileSync(new URL('../../docs/glossary.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && !/^-+$/.test(cells[1]!) && cells[3] !== 'Never')
  .flatMap((cells) => cells[3]!.split(',').map((word) => word.trim()))
  .filter(Boolean)

const found = (pattern: RegExp) => texts.filter(([, text]) => pattern.test(text))

describe('the Korean texts', () => {
  it('are many, and so are the words that they must not hold', () => {
    expect(texts.length).toBeGreaterThan(800)
    expect(never.length).toBeGreaterThan(80)
  })

  it.each(never)('never say “%s”', (word) => {
    expect(texts.filter(([, text]) => text.includes(word))).toEqual([])
  })

  it('keep one speech level', () => {
    expect(found(/(어요|아요|예요|네요|까요|나요|죠|십시오)(?=[.?!”)]|$)/)).toEqual([])
  })

  it('leave particles to the last sound before them', () => {
    expect(found(/[을은이와과](\(를|\(는|\(가|\(과|\(와)\)|\(으\)로|\(이\)/)).toEqual([])
  })

  it('choose particles by pairs that the text module knows', () => {
    const pairs = new Set(texts.flatMap(([, text]) => text.match(/\[[가-힣]+\/[가-힣]+\]/g) ?? []))
    const known = (pair: string) => !withParticles(`책${pair}`).includes('[')
    expect([...pairs].filter((pair) => !known(pair))).toEqual([])
    expect(pairs.size).toBeGreaterThan(4)
  })

  it('ask in the one speech level', () => {
    expect(found(/(?<!니)까\?|[는은을]가\?|[냐니]\?/)).toEqual([])
  })

  it('name no option of the command line in a sentence of the window', () => {
    const inWindow = texts.filter(([place]) => Object.hasOwn(ko, place.split('.')[0]!))
    expect(inWindow.filter(([, text]) => /(^|\s)--\w/.test(text))).toEqual([])
  })

  it('paste no English reason into their sentences: a reason is a code with a text of its own', () => {
    const inWindow = texts.filter(([place]) => Object.hasOwn(ko, place.split('.')[0]!))
    expect(inWindow.filter(([, text]) => text.includes('{reason}'))).toEqual([])
    for (const [code, text] of Object.entries(koreanReasons.texts)) expect(text, code).toMatch(/[가-힣]/)
  })
})
