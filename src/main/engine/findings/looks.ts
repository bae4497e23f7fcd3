import type { FindingKind } from '../../../shared/findings.ts'
import type { Check, CheckedPhoto } from './subject.ts'

/** Photos with one kind of trouble, the worst first. @param badness the larger the worse; null: nothing is wrong */
const each =
  (
    finding: FindingKind,
    badness: (photo: CheckedPhoto) => number | null,
    detail: (photo: CheckedPhoto) => Record<string, number>,
  ): Check =>
  ({ photos }) =>
    photos
      .flatMap((photo) => {
        const bad = badness(photo)
        return bad === null ? [] : [{ photo, bad }]
      })
      .sort((a, b) => b.bad - a.bad)
      .map(({ photo }) => ({ finding, photos: [photo.path], detail: detail(photo) }))

/** Of the shorter side, pixels: a network sees 224 and would have to make up three quarters of them. */
const smallest = 64
/** Longer to shorter side: the network's square then leaves out more than two thirds. */
const longest = 3
/** The sharpest part has hardly an edge. Chosen by looking at photos, not calibrated. */
const leastSharp = 60
const darkest = 30
const brightest = 225

const sides = ({ width, height }: CheckedPhoto) => ({ width, height })
const aspectOf = ({ width, height }: CheckedPhoto) => Math.max(width, height) / Math.min(width, height)

export const tiny = each(
  'tiny',
  ({ width, height }) => (Math.min(width, height) < smallest ? -Math.min(width, height) : null),
  sides,
)

export const extremeAspect = each(
  'extreme-aspect',
  (photo) => (aspectOf(photo) > longest ? aspectOf(photo) : null),
  (photo) => ({ ...sides(photo), aspect: aspectOf(photo) }),
)

/** Photos that are too dark or too bright have no edges either: that is said of them, and not that they are blurred. */
const isLit = ({ measures: { brightness } }: CheckedPhoto) => brightness >= darkest && brightness <= brightest

export const blurred = each(
  'blurred',
  (photo) => (isLit(photo) && photo.measures.sharpness < leastSharp ? -photo.measures.sharpness : null),
  ({ measures }) => ({ sharpness: measures.sharpness }),
)

export const dark = each(
  'dark',
  ({ measures }) =>
    measures.brightness < darkest && measures.lightest < 3 * darkest ? -measures.brightness : null,
  ({ measures }) => ({ brightness: measures.brightness }),
)

export const bright = each(
  'bright',
  ({ measures }) =>
    measures.brightness > brightest && measures.darkest > 255 - 3 * (255 - brightest)
      ? measures.brightness
      : null,
  ({ measures }) => ({ brightness: measures.brightness }),
)
