import { initialsOf, isInitials, lettersOf } from '../../shared/korean.ts'

const plain = (text: string): string => text.normalize('NFC').toLowerCase().replace(/\s+/g, '')

/**
 * How well a title fits what was typed: 0 begins with it, 1 a word begins with it, 2 holds it, undefined not at all. Korean is also
 * found by initial consonants, and while a syllable is still being typed (서 finds 선택).
 */
export function fitOf(title: string, typed: string): 0 | 1 | 2 | undefined {
  const wanted = plain(typed)
  if (wanted === '') return 2
  const writing = isInitials(wanted) ? initialsOf : lettersOf
  const [written, sought] = [writing(plain(title)), lettersOf(wanted)]
  if (written.startsWith(sought)) return 0
  const isWordStart = title.split(/[\s,·:“”()]+/).some((word) => writing(plain(word)).startsWith(sought))
  if (isWordStart) return 1
  return written.includes(sought) ? 2 : undefined
}
