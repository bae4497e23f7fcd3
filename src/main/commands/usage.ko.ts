import { withParticles } from '../../shared/korean.ts'
import { koreanHelp } from './help.ko.ts'

/** What commander and our own readers of values say of wrong usage, and the Korean of it. `$1` is what stands in the parentheses. */
const patterns: readonly [said: RegExp, korean: string][] = [
  [/^missing required argument '(.+)'$/, '필요한 인수 “$1”[이/가] 없습니다.'],
  [/^option '(.+)' argument missing$/, '옵션 “$1”에 값이 없습니다.'],
  [/^required option '(.+)' not specified$/, '필요한 옵션 “$1”[이/가] 없습니다.'],
  [
    /^option '(.+)' cannot be used with option '(.+)'$/,
    '옵션 “$1”[은/는] 옵션 “$2”[과/와] 함께 쓸 수 없습니다.',
  ],
  [/^unknown option '(.+)'$/, '“$1”[이라는/라는] 옵션이 없습니다.'],
  [/^unknown command '(.+)'$/, '“$1”[이라는/라는] 명령이 없습니다.'],
  [
    /^too many arguments(?: for '(.+)')?\. Expected (\d+) arguments? but got (\d+)(?:: .*)?\.$/,
    '인수가 너무 많습니다. $2개가 필요한데 $3개를 받았습니다.',
  ],
  [/^\(Did you mean one of (.+)\?\)$/, '(혹시 $1 중 하나입니까?)'],
  [/^\(Did you mean (.+)\?\)$/, '(혹시 $1입니까?)'],
  [/^It has to be a whole number from (\S+) on\.$/, '$1 이상의 정수여야 합니다.'],
  [/^It has to be a whole number from (\S+) to (\S+)\.$/, '$1부터 $2까지의 정수여야 합니다.'],
  [/^It has to be a number from (\S+) to (\S+)\.$/, '$1부터 $2까지의 수여야 합니다.'],
  [
    /^It has to be a number from (\S+) to (\S+), or “none”\.$/,
    '$1부터 $2까지의 수이거나 “none”이어야 합니다.',
  ],
  [
    /^It is a layer, “=” and a number from 0 to 1, such as features=0\.5\.$/,
    '층, “=”, 0부터 1까지의 수를 features=0.5처럼 이어 써야 합니다.',
  ],
  [
    /^It is a name, a colon and classes, such as “birds: tit, finch”\.$/,
    '이름, 쌍점, 클래스를 “새: 박새, 참새”처럼 적어야 합니다.',
  ],
  [/^It is empty\.$/, '비어 있습니다.'],
  [/^Allowed choices are (.+)\.$/, '사용할 수 있는 값: $1.'],
]

/** “option '--top <number>' argument 'x' is invalid. Why.” */
const invalid = [
  /^option '(.+)' argument '(.*)' is invalid\. (.+)$/,
  /^command-argument value '(?<value>.*)' is invalid for argument '(?<name>.+)'\. (?<why>.+)$/,
] as const

function sentence(said: string): string {
  const option = invalid[0].exec(said)
  if (option) return `옵션 “${option[1]!}”의 값 “${option[2]!}”[이/가] 맞지 않습니다. ${sentence(option[3]!)}`
  const argument = invalid[1].exec(said)?.groups
  if (argument)
    return `인수 “${argument['name']!}”의 값 “${argument['value']!}”[이/가] 맞지 않습니다. ${sentence(argument['why']!)}`
  const found = patterns.find(([pattern]) => pattern.test(said))
  return found ? said.replace(...found) : (koreanHelp[said] ?? said)
}

/** Korean of what is written about wrong usage, line by line; what is not known stays as it is. */
export const koreanUsage = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const isError = line.startsWith('error: ')
      const said = sentence(line.replace(/^error: /, ''))
      return withParticles(isError ? `오류: ${said}` : said)
    })
    .join('\n')
