import type { Random } from '../../../../shared/random.ts'
import type { Box, Size } from '../resize.ts'
import { resizedCrop } from '../resize.ts'
import { roundHalfEven } from '../rounding.ts'
import { between } from './kind.ts'
import type { Kind } from './kind.ts'

type Range = [number, number]

/** How often torchvision draws before it gives up and takes the middle. */
const tries = 10

/** The largest middle part whose ratio is allowed, for photos that are too long for ten draws to fit. */
function middle({ width, height }: Size, [narrowest, widest]: Range): Box {
  const ratio = width / height
  const box =
    ratio < narrowest
      ? { width, height: roundHalfEven(width / narrowest) }
      : ratio > widest
        ? { width: roundHalfEven(height * widest), height }
        : { width, height }
  return {
    left: Math.floor((width - box.width) / 2),
    top: Math.floor((height - box.height) / 2),
    ...box,
  }
}

/** torchvision's make_params: the same steps in the same order. */
function drawBox(random: Random, { width, height }: Size, scale: Range, ratio: Range): Box {
  for (let i = 0; i < tries; i += 1) {
    const area = width * height * between(random, scale)
    // even on a logarithmic scale, so that 3/4 and 4/3 are equally likely
    const shape = Math.exp(between(random, [Math.log(ratio[0]), Math.log(ratio[1])]))
    const box = {
      width: roundHalfEven(Math.sqrt(area * shape)),
      height: roundHalfEven(Math.sqrt(area / shape)),
    }
    if (box.width < 1 || box.width > width || box.height < 1 || box.height > height) continue
    const top = random.integer(0, height - box.height)
    const left = random.integer(0, width - box.width)
    return { left, top, ...box }
  }
  return middle({ width, height }, ratio)
}

/** A part of the photo becomes the square that the network takes, resized as the preparation says. */
export const randomResizedCrop: Kind<'RandomResizedCrop'> = {
  draw: ({ scale, ratio }, random, size) => ({
    name: 'RandomResizedCrop',
    ...drawBox(random, size, scale, ratio),
  }),
  apply: (picture, box, { crop, interpolation }) => {
    const square = { width: crop, height: crop }
    const data = resizedCrop(picture, box, square, { left: 0, top: 0, ...square }, interpolation)
    return { data, ...square }
  },
}
