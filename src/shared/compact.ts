import type { Language } from './language.ts'

/** 5.9e20 */
export const scientific = (value: number, digits: number): string => {
  const [mantissa = '', exponent = ''] = value.toExponential(digits).split('e')
  return `${mantissa.replace(/\.?0+$/, '')}e${Number(exponent)}`
}

const compacts = { en: compactIn('en'), ko: compactIn('ko') }

function compactIn(language: Language): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 })
}

/** From here on the languages' words for powers of ten end. */
const wordless = 1e15

/** Large numbers where there is little room: 591K, 800M, 59.1만, 8억; 5.9e20. */
export const compact = (value: number, language: Language = 'en'): string =>
  Math.abs(value) < wordless ? compacts[language].format(value) : scientific(value, 1)
