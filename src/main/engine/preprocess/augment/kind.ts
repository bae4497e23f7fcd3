import type { TransformName, TransformOf } from '../../../../shared/augmentation.ts'
import type { DrawnOf } from '../../../../shared/drawnStep.ts'
import type { Preparation } from '../../../../shared/preparation.ts'
import type { Random } from '../../../../shared/random.ts'
import type { Pixels } from '../../photos/pixels.ts'
import type { Colour } from '../pillow/affine.ts'
import type { Size } from '../resize.ts'

/** One kind of transform: what it draws for a picture of a size, and what it then makes of it. Pictures given are never changed. */
export interface Kind<N extends TransformName> {
  /** As torchvision draws, on our own random numbers. undefined: this time nothing is done. */
  draw: (parameters: TransformOf<N>, random: Random, size: Size) => DrawnOf<N> | undefined
  /** The bytes that torchvision gives on a PIL image. */
  apply: (picture: Pixels, drawn: DrawnOf<N>, preparation: Preparation) => Pixels
}

export const between = (random: Random, [from, to]: readonly [number, number]): number =>
  from + (to - from) * random.uniform()

/** Whether a transform with probability `p` is applied this time. */
export const happens = (random: Random, p: number): boolean => random.uniform() < p

/** A number is the half width of a range around `center`, as torchvision's parameters have it. */
export const rangeAround = (value: number | [number, number], center: number): [number, number] =>
  typeof value === 'number' ? [center - value, center + value] : value

export const colourOf = (fill: number | [number, number, number]): Colour & [number, number, number] =>
  typeof fill === 'number' ? [fill, fill, fill] : fill
