import type { Check } from './subject.ts'

/** A name as far as it tells classes apart: without case, accents of writing, spaces and signs, and an English plural's end. */
function coreOf(name: string): string {
  const letters = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
  if (letters.length > 4 && letters.endsWith('ies')) return `${letters.slice(0, -3)}y`
  if (letters.length > 4 && /(?:[sxz]|ch|sh)es$/.test(letters)) return letters.slice(0, -2)
  return letters.length > 2 && letters.endsWith('s') && !letters.endsWith('ss')
    ? letters.slice(0, -1)
    : letters
}

/** Classes whose names mean the same: `Ant` and `ants`. */
export const similarClassNames: Check = ({ classes, photos }) =>
  [...Map.groupBy(classes.keys(), (index) => coreOf(classes[index]!)).values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      finding: 'similar-class-names',
      photos: photos.filter((photo) => group.includes(photo.class)).map((photo) => photo.path),
      detail: { classes: group.map((index) => classes[index]!) },
    }))
