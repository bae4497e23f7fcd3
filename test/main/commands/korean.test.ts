import { readdirSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { koreanHelp } from '../../../src/main/commands/help.ko.ts'
import { chooseLanguage } from '../../../src/main/commands/language.ts'
import { thawProgram } from '../../../src/main/commands/program.ts'

const hangul = /[가-힣]/

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
const commands = all(thawProgram()).map((command): [string, Command] => [nameOf(command), command])

/** What a command writes about itself, and how it ends. */
function helpOf(command: Command): string {
  let written = ''
  command.configureOutput({ writeOut: (text) => (written += text) })
  command.outputHelp()
  return written
}

beforeEach(() => chooseLanguage('ko'))
afterEach(() => {
  chooseLanguage('en')
  vi.restoreAllMocks()
})

describe('the command line in Korean', () => {
  it.each(commands)('%s explains itself, its arguments and its options', (_name, command) => {
    const { registeredArguments, options } = command
    const told = [command.description(), ...[...registeredArguments, ...options].map((it) => it.description)]
    // An option that is hidden is for the program itself.
    const shown = told.filter((text) => text && text !== 'photos and weights made before')
    expect(shown.filter((text) => !koreanHelp[text])).toEqual([])
  })

  it.each(commands)('%s shows no line of English in its help', (_name, command) => {
    const english = helpOf(command)
      .split('\n')
      .filter((line) => line && !line.startsWith('  ') && !hangul.test(line))
    // A line may hold nothing but names.
    const names = /^(\w+, )+\w*,?$|^Context Protocol\)$/
    expect(english.filter((line) => !names.test(line))).toEqual([])
  })

  it('has no row for a sentence that is not there any more', () => {
    chooseLanguage('en')
    const flat = (text: string) => text.replace(/\s+/g, '')
    const source = commands.map(([, command]) => {
      const { registeredArguments, options } = command
      const told = [...registeredArguments, ...options].map((it) => it.description)
      return [command.description(), ...told, helpOf(command)].join('\n')
    })
    const shown = flat(source.join('\n'))
    const elsewhere = new Set(['Add --help to see how it is used.'])
    expect(
      Object.keys(koreanHelp).filter((text) => !elsewhere.has(text) && !shown.includes(flat(text))),
    ).toEqual([])
  })

  it.each([
    ['train'],
    ['train', 'a', 'b'],
    ['train', 'a', '--epoc', '3'],
    ['train', 'a', '--epochs'],
    ['train', 'a', '--epochs', '-1'],
    ['train', 'a', '--precision', 'best'],
    ['export', '--run', 'a'],
    ['classify', 'a', '--run', 'a', '--backbone', 'b'],
    ['classify', 'a', '--run', 'a', '--top', '1001'],
    ['classify', ''],
    ['gpu', 'use', 'never'],
    ['gpu', 'nothing'],
    ['nothing'],
  ])('says what is wrong with “thaw %s %s %s %s”', async (...given) => {
    let said = ''
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text)
      return true
    })
    await expect(thawProgram().parseAsync(given, { from: 'user' })).rejects.toThrow()
    const lines = said.trim().split('\n')
    expect(lines[0]).toMatch(/^오류: /)
    expect(lines.filter((line) => !hangul.test(line) || /\b(is|are|the|has|got)\b/.test(line))).toEqual([])
  })

  it('takes what commands say from the table of words', () => {
    const folder = new URL('../../../src/main/commands/', import.meta.url)
    const files = readdirSync(folder).filter((name) => !/^(words|help\.ko|usage\.ko)/.test(name))
    const sentences = files.flatMap((name) =>
      [
        ...readFileSync(new URL(name, folder), 'utf8').matchAll(
          /\b(?:print\(|say\(|bar\.show\(|interrupted\(|reason: )[^'`\n]*(['`])([^'`\n]*)\1/g,
        ),
      ].map(([, , text]) => text!.replace(/\$\{[^}]*\}/g, '')),
    )
    expect(sentences.filter((text) => /[a-z]{2,} [a-z]{2,}/.test(text))).toEqual([])
  })
})
