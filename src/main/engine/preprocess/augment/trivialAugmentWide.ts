import type { DrawnOf } from '../../../../shared/drawnStep.ts'
import { trivialOperations } from '../../../../shared/drawnStep.ts'
import type { Pixels } from '../../photos/pixels.ts'
import { affine } from '../pillow/affine.ts'
import type { Matrix } from '../pillow/affine.ts'
import { brightness, contrast, saturation, sharpness } from '../pillow/enhance.ts'
import { autoContrast, equalize, posterize, solarize } from '../pillow/lookup.ts'
import { rotate } from '../pillow/rotate.ts'
import { roundHalfEven } from '../rounding.ts'
import { colourOf, happens } from './kind.ts'
import type { Kind } from './kind.ts'

type Drawn = DrawnOf<'TrivialAugmentWide'>
const { fround } = Math

/** torch.linspace in float32: from both ends towards the middle, product and sum rounded once (fused). */
function linspace(from: number, to: number, count: number): number[] {
  const end = fround(to)
  const step = fround(fround(end - from) / (count - 1))
  return Array.from({ length: count }, (_, i) =>
    i < Math.floor(count / 2) ? fround(from + step * i) : fround(end - step * (count - i - 1)),
  )
}

interface Operation {
  /** The strengths that are drawn from; none where there is nothing to choose. */
  magnitudes?: (bins: number) => number[]
  /** Whether its direction is drawn too. */
  signed?: boolean
  apply: (picture: Pixels, drawn: Drawn) => Pixels
}

/** torchvision's affine with the top left corner at rest (_get_inverse_affine_matrix, to the arithmetic of its angles). */
function sheared(picture: Pixels, { interpolation, fill }: Drawn, across: number, down: number): Pixels {
  const radians = (share: number) => (Math.atan(share) * (180 / Math.PI) * Math.PI) / 180
  const [sx, sy] = [radians(across), radians(down)]
  const a = Math.cos(-sy) / Math.cos(sy)
  const c = Math.sin(-sy) / Math.cos(sy)
  const b = -(a * Math.tan(sx))
  const d = 1 - c * Math.tan(sx)
  return affine(picture, [d, -b, 0, -c, a, 0], picture, interpolation, fill)
}

function moved(picture: Pixels, { interpolation, fill }: Drawn, right: number, down: number): Pixels {
  const matrix: Matrix = [1, 0, -right, 0, 1, -down]
  return affine(picture, matrix, picture, interpolation, fill)
}

const upTo = (most: number) => (bins: number) => linspace(0, most, bins)
/** Of enhancements: nearly none to nearly twice. */
const strengths = upTo(0.99)

/** The space of torchvision's TrivialAugmentWide. */
const operations: Record<Drawn['transform_id'], Operation> = {
  Identity: { apply: (picture) => picture },
  ShearX: {
    ...{ magnitudes: strengths, signed: true },
    apply: (picture, drawn) => sheared(picture, drawn, drawn.magnitude, 0),
  },
  ShearY: {
    ...{ magnitudes: strengths, signed: true },
    apply: (picture, drawn) => sheared(picture, drawn, 0, drawn.magnitude),
  },
  TranslateX: {
    ...{ magnitudes: upTo(32), signed: true },
    apply: (picture, drawn) => moved(picture, drawn, Math.trunc(drawn.magnitude), 0),
  },
  TranslateY: {
    ...{ magnitudes: upTo(32), signed: true },
    apply: (picture, drawn) => moved(picture, drawn, 0, Math.trunc(drawn.magnitude)),
  },
  Rotate: {
    ...{ magnitudes: upTo(135), signed: true },
    apply: (picture, { magnitude, interpolation, fill }) =>
      rotate(picture, { angle: magnitude, interpolation, expand: false, center: null, fill }),
  },
  Brightness: {
    ...{ magnitudes: strengths, signed: true },
    apply: (picture, { magnitude }) => brightness(picture, 1 + magnitude),
  },
  Color: {
    ...{ magnitudes: strengths, signed: true },
    apply: (picture, { magnitude }) => saturation(picture, 1 + magnitude),
  },
  Contrast: {
    ...{ magnitudes: strengths, signed: true },
    apply: (picture, { magnitude }) => contrast(picture, 1 + magnitude),
  },
  Sharpness: {
    ...{ magnitudes: strengths, signed: true },
    apply: (picture, { magnitude }) => sharpness(picture, 1 + magnitude),
  },
  Posterize: {
    magnitudes: (bins) =>
      Array.from({ length: bins }, (_, i) => roundHalfEven(fround(8 - fround(i / fround((bins - 1) / 6))))),
    apply: (picture, { magnitude }) => posterize(picture, magnitude),
  },
  Solarize: {
    magnitudes: (bins) => linspace(1, 0, bins),
    apply: (picture, { magnitude }) => solarize(picture, 255 * magnitude),
  },
  AutoContrast: { apply: autoContrast },
  Equalize: { apply: equalize },
}

/** The strengths of an operation with so many bins, in torchvision's order; empty where it has none. */
export const magnitudesOf = (id: Drawn['transform_id'], bins: number): number[] =>
  operations[id].magnitudes?.(bins) ?? []

/** One operation of fourteen at one strength (Müller and Hutter 2021, arXiv:2103.10158). */
export const trivialAugmentWide: Kind<'TrivialAugmentWide'> = {
  draw: ({ num_magnitude_bins: bins, interpolation, fill, p }, random) => {
    if (!happens(random, p)) return undefined
    const id = trivialOperations[random.integer(0, trivialOperations.length - 1)]!
    const { signed = false } = operations[id]
    const strengths = magnitudesOf(id, bins)
    let magnitude = strengths.length > 0 ? strengths[random.integer(0, bins - 1)]! : 0
    if (signed && random.uniform() <= 0.5) magnitude = -magnitude
    return { name: 'TrivialAugmentWide', transform_id: id, magnitude, interpolation, fill: colourOf(fill) }
  },
  apply: (picture, drawn) => operations[drawn.transform_id].apply(picture, drawn),
}
