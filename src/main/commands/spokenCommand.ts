import type { AddHelpTextPosition, Argument, Option } from 'commander'
import { Command, Help } from 'commander'
import { koreanHelp } from './help.ko.ts'
import { spoken } from './language.ts'
import { columns } from './output.ts'
import { koreanUsage } from './usage.ko.ts'

/** A sentence of the help in the language of the command line, or as it is. */
const helpText = (text: string): string => (spoken() === 'ko' ? (koreanHelp[text] ?? text) : text)

/** The sentences of a part of a help text; what is indented is typed, and the same in every language. */
const isTyped = (line: string): boolean => line.startsWith('  ')
export const sentenceOf = (part: string): string =>
  part
    .split('\n')
    .filter((line) => line !== '' && !isTyped(line))
    .join('\n')

/** What stands below a command's help: parts with empty lines between them, each beginning with its sentences. */
function helpBlock(text: string): string {
  if (spoken() !== 'ko') return text
  const told = (part: string) =>
    [helpText(sentenceOf(part)), ...part.split('\n').filter(isTyped)].filter(Boolean).join('\n')
  return `\n${text.trim().split('\n\n').map(told).join('\n\n')}`
}

const koreanTitles: Readonly<Record<string, string>> = {
  'Usage:': '사용법:',
  'Options:': '옵션:',
  'Arguments:': '인수:',
  'Commands:': '명령:',
}
const inUsage = (text: string): string =>
  spoken() === 'ko' ? text.replaceAll('[options]', '[옵션]').replaceAll('[command]', '[명령]') : text

class SpokenHelp extends Help {
  override displayWidth(text: string): number {
    return columns(text)
  }
  override styleTitle(title: string): string {
    return spoken() === 'ko' ? (koreanTitles[title] ?? title) : title
  }
  override commandUsage(command: Command): string {
    return inUsage(super.commandUsage(command))
  }
  override subcommandTerm(command: Command): string {
    return inUsage(super.subcommandTerm(command))
  }
  override commandDescription(command: Command): string {
    return helpText(super.commandDescription(command))
  }
  override subcommandDescription(command: Command): string {
    return helpText(super.subcommandDescription(command))
  }
  override argumentDescription(argument: Argument): string {
    return this.#described(argument, (it) => super.argumentDescription(it))
  }
  override optionDescription(option: Option): string {
    return this.#described(option, (it) => super.optionDescription(it))
  }
  /** commander adds choices and the default behind a description. */
  #described<T extends Option | Argument>(one: T, describe: (one: T) => string): string {
    const { description } = one
    const text = describe(one)
    if (spoken() !== 'ko' || !description) return text
    const added = text
      .slice(description.length)
      .replace('choices: ', '선택: ')
      .replace('default: ', '기본값: ')
    return helpText(description) + added
  }
}

/** A command that explains itself, and what is wrong with its usage, in the language of the command line. */
export class SpokenCommand extends Command {
  constructor(name?: string) {
    super(name)
    this.configureOutput({
      writeErr: (text) => process.stderr.write(spoken() === 'ko' ? koreanUsage(text) : text),
    })
  }
  override createCommand(name?: string): Command {
    return new SpokenCommand(name)
  }
  override createHelp(): Help {
    return Object.assign(new SpokenHelp(), this.configureHelp())
  }
  override addHelpText(position: AddHelpTextPosition, text: unknown): this {
    return super.addHelpText(position, () => helpBlock(String(text)))
  }
}
