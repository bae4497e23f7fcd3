export type Language = 'en' | 'ko'

/** `system`: the first of the person's languages that we have. @param preferred language tags (BCP 47), the preferred first */
export function languageOf(setting: 'system' | Language, preferred: readonly string[]): Language {
  if (setting !== 'system') return setting
  const known = preferred.map((tag) => tag.toLowerCase().split(/[-_.@]/)[0])
  return known.find((tag) => tag === 'ko' || tag === 'en') === 'ko' ? 'ko' : 'en'
}
