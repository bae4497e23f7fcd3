import { roundHalfEven } from '../rounding.ts'
import { between, colourOf, happens } from './kind.ts'
import type { Kind } from './kind.ts'

/** How often torchvision draws before it leaves the picture as it is. */
const tries = 10

/** A box gets one colour. `ratio` is height to width here, the other way round than in RandomResizedCrop. */
export const randomErasing: Kind<'RandomErasing'> = {
  draw: ({ p, scale, ratio, value }, random, { width, height }) => {
    if (!happens(random, p)) return undefined
    for (let i = 0; i < tries; i += 1) {
      const area = width * height * between(random, scale)
      const shape = Math.exp(between(random, [Math.log(ratio[0]), Math.log(ratio[1])]))
      const h = roundHalfEven(Math.sqrt(area * shape))
      const w = roundHalfEven(Math.sqrt(area / shape))
      if (h >= height || w >= width) continue
      const top = random.integer(0, height - h)
      const left = random.integer(0, width - w)
      return { name: 'RandomErasing', i: top, j: left, h, w, v: colourOf(value) }
    }
    return undefined
  },
  apply: (picture, { i, j, h, w, v }) => {
    // A Buffer's own slice would be a window onto the picture.
    const data = new Uint8Array(picture.data)
    for (let y = i; y < i + h; y += 1)
      for (let x = j; x < j + w; x += 1) data.set(v, (y * picture.width + x) * 3)
    return { ...picture, data }
  },
}
