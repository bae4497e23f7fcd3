import { z } from 'zod'
import type { Photo } from '../dataset.ts'
import { wilson } from '../metrics.ts'

/** What photos can be sliced by. */
export const SliceBy = z.enum(['camera', 'hour', 'iso', 'size', 'group'])
export type SliceBy = z.infer<typeof SliceBy>

/** How the photos of one slice were answered. */
export const SliceScore = z.strictObject({
  by: SliceBy,
  /** A camera's name; else the lower end of a range, or the group's id. */
  value: z.string(),
  correct: z.int(),
  total: z.int(),
  /** Wilson's 95% interval of the accuracy. */
  interval: z.tuple([z.number(), z.number()]),
  /** So few photos that the interval says more than the share. */
  small: z.boolean(),
})
export type SliceScore = z.infer<typeof SliceScore>

/** Below this a slice's accuracy may be ten points off either way at 95%, even where nearly all are right. */
const smallSlice = 30
/** Hours of a day that count as one slice. */
const hoursASlice = 3
/** Lower ends of the ranges, ascending: ISO speeds, and pixels of the shorter side. */
const isoFrom = [0, 200, 400, 800, 1600, 3200, 6400]
const sizeFrom = [0, 224, 400, 800, 1600, 3200]
/** A capture group of fewer photos is no slice of its own. */
const leastGroup = 3

/** Where a slice of a range begins and ends; null: it has no end. */
export function rangeOfSlice(by: 'hour' | 'iso' | 'size', value: string): [from: number, to: number | null] {
  const from = Number(value)
  if (by === 'hour') return [from, from + hoursASlice]
  const ends = by === 'iso' ? isoFrom : sizeFrom
  return [from, ends[ends.indexOf(from) + 1] ?? null]
}

const rangeOf = (value: number, from: readonly number[]): string =>
  String(from.findLast((low) => value >= low) ?? from[0])

/** Where a photo belongs in each slicing; what it does not tell is not there. */
export function slicesOf(
  photo: Pick<Photo, 'camera' | 'taken' | 'iso' | 'width' | 'height' | 'group'>,
): Partial<Record<SliceBy, string>> {
  const { camera, taken, iso, width, height, group } = photo
  return {
    ...(camera !== undefined && { camera }),
    ...(taken !== undefined && {
      // Cameras know no time zone: the clock's own hours are kept as if they were UTC.
      hour: String(Math.floor(new Date(taken).getUTCHours() / hoursASlice) * hoursASlice),
    }),
    ...(iso !== undefined && { iso: rangeOf(iso, isoFrom) }),
    size: rangeOf(Math.min(width, height), sizeFrom),
    ...(group !== undefined && { group }),
  }
}

/** Each slice with its accuracy, kind by kind, what has the most photos first. */
export function sliceScores(
  photos: readonly { truth: number; answer: number; slices: Partial<Record<SliceBy, string>> }[],
): SliceScore[] {
  return SliceBy.options.flatMap((by) => {
    const counts = new Map<string, { correct: number; total: number }>()
    for (const { truth, answer, slices } of photos) {
      const value = slices[by]
      if (value === undefined) continue
      const count = counts.get(value) ?? { correct: 0, total: 0 }
      counts.set(value, { correct: count.correct + Number(truth === answer), total: count.total + 1 })
    }
    return [...counts]
      .filter(([, { total }]) => by !== 'group' || total >= leastGroup)
      .map(([value, { correct, total }]) => ({
        ...{ by, value, correct, total },
        interval: wilson(correct, total),
        small: total < smallSlice,
      }))
      .toSorted((a, b) => b.total - a.total || a.value.localeCompare(b.value))
  })
}
