import type { Check, Subject } from './subject.ts'

const paths = ({ photos }: Subject, group: readonly number[]) => group.map((index) => photos[index]!.path)
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)]

/** The same file more than once. */
export const duplicates: Check = (subject) =>
  subject.likeness.same.map((group) => ({
    finding: 'duplicate',
    photos: paths(subject, group),
    detail: { copies: group.length },
  }))

/** The same picture in another size, quality or format, or turned. */
export const nearDuplicates: Check = (subject) =>
  subject.likeness.alike
    .filter((group) => distinct(group.map((index) => subject.photos[index]!.hash)).length > 1)
    .map((group) => ({
      finding: 'near-duplicate',
      photos: paths(subject, group),
      detail: { copies: group.length },
    }))

/** The same picture in two parts: what was learnt by heart is asked again. */
export const leaks: Check = (subject) =>
  subject.likeness.alike.flatMap((group) => {
    const parts = distinct(group.map((index) => subject.photos[index]!.split))
    return parts.length < 2
      ? []
      : [{ finding: 'leak', photos: paths(subject, group), detail: { parts: parts.sort() } }]
  })

/** The same picture under two classes: one of the labels is wrong. */
export const twoClasses: Check = (subject) =>
  subject.likeness.alike.flatMap((group) => {
    const classes = distinct(group.map((index) => subject.photos[index]!.class))
    if (classes.length < 2) return []
    const names = classes.sort((a, b) => a - b).map((it) => subject.classes[it]!)
    return [{ finding: 'two-classes', photos: paths(subject, group), detail: { classes: names } }]
  })
