import path from 'node:path'
import type { Answer, Classified } from '../../../shared/api/classify.ts'

/** Photos of a burst are taken within this of each other, milliseconds. */
const together = 2000

/** What a photo brings to a vote. */
export type Taken = Pick<Classified, 'index' | 'path' | 'top' | 'taken' | 'error' | 'distance'>

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
 * Bursts among the photos: in one folder, each taken within two seconds of the one before. Their photos vote together, but for
 * strangers: what the network says of them means nothing, and what it says of the others is no answer to what they show.
 * @param isStranger by a photo's distance from the training photos
 * @returns the common answer of each photo that votes with another, by its index
 */
export function burstAnswers(
  photos: Iterable<Taken>,
  isStranger: (distance: number | null) => boolean,
): Map<number, Answer[]> {
  const answers = new Map<number, Answer[]>()
  const readable = [...photos].filter(({ taken, error }) => taken !== null && !error)
  for (const folder of Map.groupBy(readable, (photo) => path.dirname(photo.path)).values()) {
    const sorted = folder.toSorted((a, b) => a.taken! - b.taken! || a.index - b.index)
    let burst: Taken[] = []
    const close = () => {
      const voting = burst.filter(({ distance }) => !isStranger(distance))
      if (voting.length > 1) {
        const top = vote(voting.map((photo) => photo.top))
        for (const { index } of voting) answers.set(index, top)
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
