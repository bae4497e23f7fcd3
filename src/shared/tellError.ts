import { errorsKo } from './errors.ko.ts'
import { errorTexts, fillText } from './errors.ts'
import type { PlainError } from './errors.ts'
import type { Language } from './language.ts'
import { withParticles } from './korean.ts'
import { koreanReasons } from './reasons.ko.ts'

/** What happened and what to do, in the person's language. @param instead advice that takes the place of the usual one */
export function tellError(
  { code, parameters }: Pick<PlainError, 'code' | 'parameters'>,
  language: Language,
  instead?: string,
): { message: string; advice: string } {
  const { message, advice } = language === 'ko' ? errorsKo[code] : errorTexts[code]
  const fill = (text: string): string =>
    language === 'ko' ? withParticles(fillText(text, parameters, koreanReasons)) : fillText(text, parameters)
  return { message: fill(message), advice: fill(instead ?? advice) }
}
