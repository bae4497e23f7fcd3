/** Pillow's ImageEnhance, as torchvision's adjust_* call it: a factor of 0 gives the degenerate picture, 1 the original. */
import type { Pixels } from '../../photos/pixels.ts'
import { blend } from './blend.ts'
import { greyOf, meanLevel } from './grey.ts'
import { shiftHue } from './hsv.ts'
import { smooth } from './smooth.ts'

type Enhance = (picture: Pixels, factor: number) => Pixels

export const brightness: Enhance = (picture, factor) => blend(0, picture, factor)
export const contrast: Enhance = (picture, factor) => blend(meanLevel(picture), picture, factor)
export const saturation: Enhance = (picture, factor) => blend(greyOf(picture), picture, factor)
export const sharpness: Enhance = (picture, factor) => blend(smooth(picture), picture, factor)

/** torchvision's adjust_hue on PIL images: −.5 to .5 of the circle, cut off to whole steps of 256. */
export const hue: Enhance = (picture, factor) => shiftHue(picture, Math.trunc(factor * 255))
