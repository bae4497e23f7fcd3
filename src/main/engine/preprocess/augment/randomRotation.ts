import { rotate } from '../pillow/rotate.ts'
import { between, colourOf, happens, rangeAround } from './kind.ts'
import type { Kind } from './kind.ts'

/** Turned by an angle between `degrees`; corners that become free get the colour `fill`. */
export const randomRotation: Kind<'RandomRotation'> = {
  draw: ({ degrees, interpolation, expand, center, fill, p }, random) => {
    if (!happens(random, p)) return undefined
    const angle = between(random, rangeAround(degrees, 0))
    return { name: 'RandomRotation', angle, interpolation, expand, center, fill: colourOf(fill) }
  },
  apply: (picture, drawn) => rotate(picture, drawn),
}
