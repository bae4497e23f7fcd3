import type { Preparation } from '../../../shared/preparation.ts'
import type { Pixels } from '../photos/pixels.ts'
import type { Box, Size } from './resize.ts'
import { resizedCrop } from './resize.ts'
import { roundHalfEven } from './rounding.ts'

const whole = ({ width, height }: Size): Box => ({ left: 0, top: 0, width, height })

/** torchvision's Resize(short): the shorter side becomes `short`, the longer one in proportion, rounded down. */
export function resizedSize({ width, height }: Size, short: number): Size {
  return width <= height
    ? { width: short, height: Math.trunc((short * height) / width) }
    : { width: Math.trunc((short * width) / height), height: short }
}

/**
 * Along one side: where the middle `crop` pixels begin. Where the side is shorter, torchvision's CenterCrop pads it with
 * black, the odd pixel at the end: the place is then negative.
 */
function cropStart(side: number, crop: number): number {
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

/** Where CenterCrop cuts a resized photo, in its pixels; it reaches beyond where black is added. */
export const cropFrame = ({ width, height }: Size, crop: number): Box => ({
  left: cropStart(width, crop),
  top: cropStart(height, crop),
  width: crop,
  height: crop,
})

/** The part of a photo that the evaluation sees, in the photo's own pixels. */
export function evaluationFrame(photo: Size, { resize, crop }: Pick<Preparation, 'resize' | 'crop'>): Box {
  const size = resizedSize(photo, resize)
  const frame = cropFrame(size, crop)
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
export function resizedWhole(photo: Pixels, { resize, interpolation }: Preparation): Uint8Array<ArrayBuffer> {
  const size = resizedSize(photo, resize)
  return resizedCrop(photo, whole(photo), size, whole(size), interpolation)
}

/** What the network sees of a photo when it is evaluated: Resize, CenterCrop. [crop, crop, 3] */
export function evaluationView(
  photo: Pixels,
  { resize, crop, interpolation }: Preparation,
): Uint8Array<ArrayBuffer> {
  const size = resizedSize(photo, resize)
  const left = cropStart(size.width, crop)
  const top = cropStart(size.height, crop)
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
