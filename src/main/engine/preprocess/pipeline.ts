import type { Preparation } from '../../../shared/preparation.ts'
import type { Pixels } from '../photos/pixels.ts'
import type { Box, Size } from './resize.ts'
import { resizedCrop } from './resize.ts'
import { roundHalfEven } from './rounding.ts'

const whole = ({ width, height }: Size): Box => ({ left: 0, top: 0, width, height })

type Shape = Pick<Preparation, 'resize' | 'crop' | 'fit'>

/** Pillow's ImageOps.contain in a square: the longer side becomes `side`, the other one in proportion, at least one pixel. */
function containedSize({ width, height }: Size, side: number): Size {
  const shorter = (short: number, long: number) => Math.max(1, roundHalfEven((short / long) * side))
  return width >= height
    ? { width: side, height: width === height ? side : shorter(height, width) }
    : { width: shorter(width, height), height: side }
}

/**
 * How large a photo is made before its square is cut out or filled up. torchvision's Resize(short): the shorter side becomes
 * `resize`, the longer one in proportion, rounded down.
 */
export function resizedSize(photo: Size, { resize, crop, fit }: Shape): Size {
  if (fit === 'squash') return { width: crop, height: crop }
  if (fit === 'pad') return containedSize(photo, crop)
  const { width, height } = photo
  return width <= height
    ? { width: resize, height: Math.trunc((resize * height) / width) }
    : { width: Math.trunc((resize * width) / height), height: resize }
}

/**
 * Along one side: where the middle `crop` pixels begin. Where the side is shorter it is padded with black, and the place is
 * negative; the odd pixel is at the end by torchvision's CenterCrop, and at the even place by Pillow's ImageOps.pad.
 */
function cropStart(side: number, { crop, fit }: Shape): number {
  if (fit === 'pad') return 0 - roundHalfEven((crop - side) / 2)
  return side < crop ? -Math.floor((crop - side) / 2) : roundHalfEven((side - crop) / 2)
}

/** Puts a smaller picture onto a black square. [side, side, 3] */
function padded(
  part: Uint8Array,
  size: Size,
  left: number,
  top: number,
  side: number,
): Uint8Array<ArrayBuffer> {
  const square = new Uint8Array(side * side * 3)
  for (let y = 0; y < size.height; y += 1) {
    const row = part.subarray(y * size.width * 3, (y + 1) * size.width * 3)
    square.set(row, ((top + y) * side + left) * 3)
  }
  return square
}

/** Where the square lies on a resized photo, in its pixels; it reaches beyond where black is added. */
export const cropFrame = ({ width, height }: Size, shape: Shape): Box => ({
  left: cropStart(width, shape),
  top: cropStart(height, shape),
  width: shape.crop,
  height: shape.crop,
})

/** The part of a photo that the evaluation sees, in the photo's own pixels. */
export function evaluationFrame(photo: Size, shape: Shape): Box {
  const size = resizedSize(photo, shape)
  const frame = cropFrame(size, shape)
  const across = photo.width / size.width
  const down = photo.height / size.height
  return {
    left: frame.left * across,
    top: frame.top * down,
    width: frame.width * across,
    height: frame.height * down,
  }
}

/** The first half of the evaluation by itself, to be looked at: Resize. [height, width, 3] */
export function resizedWhole(photo: Pixels, preparation: Preparation): Uint8Array<ArrayBuffer> {
  const size = resizedSize(photo, preparation)
  return resizedCrop(photo, whole(photo), size, whole(size), preparation.interpolation)
}

/** What the network sees of a photo when it is evaluated: Resize, CenterCrop, or as `fit` says. [crop, crop, 3] */
export function evaluationView(photo: Pixels, preparation: Preparation): Uint8Array<ArrayBuffer> {
  const { crop, interpolation } = preparation
  const size = resizedSize(photo, preparation)
  const { left, top } = cropFrame(size, preparation)
  const window: Box = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    width: Math.min(crop, size.width),
    height: Math.min(crop, size.height),
  }
  const part = resizedCrop(photo, whole(photo), size, window, interpolation)
  if (window.width === crop && window.height === crop) return part
  return padded(part, window, Math.max(0, -left), Math.max(0, -top), crop)
}

/**
 * What views with a random part are drawn from: the photo itself, or the square that it was squashed or padded to, `resize` pixels
 * a side, so that a part is not made larger than it was.
 */
export function drawnFrom(photo: Pixels, preparation: Preparation): Pixels {
  const { fit = 'crop', resize, crop } = preparation
  if (fit === 'crop') return photo
  const side = Math.max(resize, crop)
  return { data: evaluationView(photo, { ...preparation, crop: side }), width: side, height: side }
}
