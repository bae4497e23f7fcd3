import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// By its address: the window's part belongs to another project of the compiler's.
const catalogues = (await import(
  new URL('../../src/renderer/i18n/index.ts', import.meta.url).href
)) as Record<'en' | 'ko', Readonly<Record<string, Readonly<Record<string, string>>>>>
const textOf = (file: string) => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8')

/** What stands out in a guide is the name of something in the window, unless it is a heading, which ends with a full stop. */
const namesIn = (guide: string): string[] =>
  [...guide.matchAll(/(?<![\w*])(\*\*|[_*])([^*_\n]+?)\1(?!\w)/g)]
    .map(([, , name]) => name!)
    .filter((name) => !name.endsWith('.'))
    .flatMap((name) => name.split(' › '))

describe.each(['en', 'ko'] as const)('the guide in %s', (language) => {
  const guide = textOf(`guide.${language}.md`)
  const texts = Object.values(catalogues[language])
    .flatMap((room) => Object.values(room))
    .map((text) => text.toLowerCase())

  it('names many things of the window, each as the window does', () => {
    const names = namesIn(guide)
    expect(names.length).toBeGreaterThan(40)
    const isThere = (name: string) =>
      texts.some((text) => text.includes(name.replace(/…$/, '').toLowerCase()))
    expect(names.filter((name) => !isThere(name))).toEqual([])
  })
})

it('The Korean guide’s names stand out, with their particles behind them', () => {
  const guide = textOf('guide.ko.md').replace(/`[^`]*`/g, '')
  const names = [...guide.matchAll(/(?<![\p{L}\p{N}])(\*\*|[_*])(?=\S)([^_*\n]+?)\1(.?)/gu)]
  expect(names.length).toBeGreaterThan(40)
  // By CommonMark an underscore ends nothing before a letter, nor does an asterisk between a sign and a letter.
  const isLost = (mark: string, name: string, next: string) =>
    /\p{L}/u.test(next) && (mark === '_' || /[^\p{L}\p{N}]$/u.test(name))
  expect(names.filter(([, mark, name, next]) => isLost(mark!, name!, next!)).map(([it]) => it)).toEqual([])
  expect(guide.match(/[_*] (은|는|이|가|을|를|와|과|로|의|에)(?=[ ,.])/g)).toBeNull()
})

it('The Korean guide keeps to the glossary as the window does', () => {
  const guide = textOf('guide.ko.md')
  const never = textOf('glossary.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 5 && !/^-+$/.test(cells[1]!) && cells[3] !== 'Never')
    .flatMap((cells) => cells[3]!.split(',').map((word) => word.trim()))
    .filter(Boolean)
  expect(never.length).toBeGreaterThan(80)
  expect(never.filter((word) => guide.includes(word))).toEqual([])
})
