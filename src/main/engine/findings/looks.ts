import type { FindingKind } from '../../../shared/findings.ts'
import type { Measures } from './measure.ts'
import type { Check, CheckedPhoto } from './subject.ts'

/** Photos that look so, the worst first. @param badness the larger the worse */
const each =
  (
    finding: keyof typeof looks,
    badness: (look: Look) => number,
    detail: (photo: CheckedPhoto) => Record<string, number>,
  ): Check =>
  ({ photos }) =>
    photos
      .map((photo) => ({ photo, look: { ...photo.measures, width: photo.width, height: photo.height } }))
      .filter(({ look }) => looks[finding](look))
      .sort((a, b) => badness(b.look) - badness(a.look))
      .map(({ photo }) => ({ finding, photos: [photo.path], detail: detail(photo) }))

/** Of the shorter side, pixels: a network sees 224 and would have to make up three quarters of them. */
const smallest = 64
/** Longer to shorter side: the network's square then leaves out more than two thirds. */
const longest = 3
/** The three that follow were measured on real photos, sound and spoiled: bench/looks.ts, docs/exactness.md. The sharpest part has no edge. */
const leastSharp = 100
const darkest = 24
const brightest = 225

type Look = Pick<CheckedPhoto, 'width' | 'height'> &
  Pick<Measures, 'brightness' | 'darkest' | 'lightest' | 'sharpness'>

const sides = ({ width, height }: CheckedPhoto) => ({ width, height })
const aspectOf = ({ width, height }: Pick<Look, 'width' | 'height'>) =>
  Math.max(width, height) / Math.min(width, height)

/** Photos that are too dark or too bright have no edges either: that is said of them, and not that they are blurred. */
const isLit = ({ brightness }: Look) => brightness >= darkest && brightness <= brightest

/** What a photo is that looks wrong by itself. */
export const looks = {
  tiny: (photo: Look) => Math.min(photo.width, photo.height) < smallest,
  'extreme-aspect': (photo: Look) => aspectOf(photo) > longest,
  blurred: (photo: Look) => isLit(photo) && photo.sharpness < leastSharp,
  dark: (photo: Look) => photo.brightness < darkest && photo.lightest < 3 * darkest,
  bright: (photo: Look) => photo.brightness > brightest && photo.darkest > 255 - 3 * (255 - brightest),
} satisfies Partial<Record<FindingKind, (photo: Look) => boolean>>

export const tiny = each('tiny', ({ width, height }) => -Math.min(width, height), sides)

export const extremeAspect = each('extreme-aspect', aspectOf, (photo) => ({
  ...sides(photo),
  aspect: aspectOf(photo),
}))

export const blurred = each(
  'blurred',
  ({ sharpness }) => -sharpness,
  ({ measures }) => ({ sharpness: measures.sharpness }),
)

export const dark = each(
  'dark',
  ({ brightness }) => -brightness,
  ({ measures }) => ({ brightness: measures.brightness }),
)

export const bright = each(
  'bright',
  ({ brightness }) => brightness,
  ({ measures }) => ({ brightness: measures.brightness }),
)
