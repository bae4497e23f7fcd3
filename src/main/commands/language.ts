import type { Language } from '../../shared/language.ts'
import { languageOf } from '../../shared/language.ts'

let chosen: Language | undefined

/** `--lang`; without it the language is that of the terminal. */
export function chooseLanguage(language: Language): void {
  chosen = language
}

/**
 * What the command line says to people: the language that was chosen, else that of the locale, in POSIX's order (LC_ALL,
 * LC_MESSAGES, LANG); where none is set, that of the system.
 */
export function spoken(): Language {
  if (chosen) return chosen
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  const locale = [LC_ALL, LC_MESSAGES, LANG].find(Boolean)
  return languageOf('system', [locale ?? Intl.DateTimeFormat().resolvedOptions().locale])
}
