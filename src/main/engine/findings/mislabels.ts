import { outOfFold } from '../bank/probe.ts'
import type { Check, Subject } from './subject.ts'

const folds = 5
/** Folds are dealt this often, and what they say averaged: a single deal is chance in part. */
const deals = 3

/** Photos that show the same are asked about together: a copy with the right label would give the wrong one away, or hide it. */
function groupsOf({ photos, likeness }: Subject): string[] {
  const groups = photos.map((_, i) => `photo ${i}`)
  likeness.alike.forEach((group, number) => group.forEach((index) => (groups[index] = `group ${number}`)))
  return groups
}

async function meanProbabilities(subject: Subject): Promise<Float64Array> {
  const { photos, features, classes, seed, signal, onDoubted } = subject
  const labels = photos.map((photo) => photo.class)
  const sum = new Float64Array(photos.length * classes.length)
  for (let deal = 0; deal < deals; deal += 1) {
    const { probabilities } = await outOfFold(features, labels, classes.length, {
      ...{ folds, seed: seed + deal, groups: groupsOf(subject), signal },
      onProgress: ({ done, total }) => onDoubted?.((deal + done / total) / deals),
    })
    probabilities.forEach((p, at) => (sum[at] = sum[at]! + p / deals))
  }
  return sum
}

/**
 * Confident learning (Northcutt, Jiang & Chuang 2021): a photo is likely mislabelled if heads that have not seen it give another
 * class at least the probability that photos of that class have on average. The likeliest are those whose own class has least.
 */
export const likelyMislabels: Check = async (subject) => {
  const { photos, classes } = subject
  const present = new Set(photos.map((photo) => photo.class))
  if (present.size < 2 || photos.length < folds * 2) return []
  const probabilities = await meanProbabilities(subject)
  const of = (index: number, k: number) => probabilities[index * classes.length + k]!
  const thresholds = classes.map((_, k) => {
    const own = [...photos.keys()].filter((index) => photos[index]!.class === k)
    return own.reduce((sum, index) => sum + of(index, k), 0) / Math.max(1, own.length)
  })
  return photos
    .map((photo, index) => {
      const others = [...present].filter((k) => k !== photo.class)
      const suggested = others.reduce((best, k) => (of(index, k) > of(index, best) ? k : best))
      return { photo, suggested, own: of(index, photo.class), probability: of(index, suggested) }
    })
    .filter(
      ({ suggested, own, probability }) =>
        probability > own && probability >= Math.min(0.5, thresholds[suggested]!),
    )
    .sort((a, b) => a.own - b.own)
    .map(({ photo, suggested, probability }) => ({
      finding: 'likely-mislabel' as const,
      photos: [photo.path],
      detail: { class: classes[photo.class]!, suggested: classes[suggested]!, probability },
    }))
}
