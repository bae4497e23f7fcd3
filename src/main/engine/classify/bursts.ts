import path from 'node:path'
import type { Answer, Classified } from '../../../shared/api/classify.ts'

/** Photos of a burst are taken within this of each other, milliseconds. */
const together = 2000

type Taken = Pick<Classified, 'index' | 'path' | 'top' | 'taken' | 'error'>

/** Means of the probabilities by class, likeliest first; a class that some photo does not tell counts 0 there. */
function vote(tops: readonly (readonly Answer[])[]): Answer[] {
  const sums = new Map<number, Answer>()
  for (const top of tops)
    for (const answer of top) {
      const sum = sums.get(answer.index)?.probability ?? 0
      sums.set(answer.index, { ...answer, probability: sum + answer.probability / tops.length })
    }
  return [...sums.values()].toSorted((a, b) => b.probability - a.probability || a.index - b.index)
}

/**
 * Bursts among the photos: in one folder, each taken within two seconds of the one before. Their photos vote together.
 * @returns the common answer of each photo that is in a burst, by its index
 */
export function burstAnswers(photos: Iterable<Taken>): Map<number, Answer[]> {
  const answers = new Map<number, Answer[]>()
  const readable = [...photos].filter(({ taken, error }) => taken !== null && !error)
  for (const folder of Map.groupBy(readable, (photo) => path.dirname(photo.path)).values()) {
    const sorted = folder.toSorted((a, b) => a.taken! - b.taken! || a.index - b.index)
    let burst: Taken[] = []
    const close = () => {
      if (burst.length > 1) {
        const top = vote(burst.map((photo) => photo.top))
        for (const { index } of burst) answers.set(index, top)
      }
      burst = []
    }
    for (const photo of sorted) {
      const last = burst.at(-1)
      if (last && photo.taken! - last.taken! > together) close()
      burst.push(photo)
    }
    close()
  }
  return answers
}
