import { shuffled } from '../../../../shared/random.ts'
import type { Random } from '../../../../shared/random.ts'
import { brightness, contrast, hue, saturation } from '../pillow/enhance.ts'
import { between, happens, rangeAround } from './kind.ts'
import type { Kind } from './kind.ts'

/** null where nothing is to be changed; a factor is never below `least`. */
function factorOf(
  random: Random,
  value: number | [number, number],
  center: number,
  least: number,
): number | null {
  const [from, to] = rangeAround(value, center)
  const range = [Math.max(from, least), to] as const
  return range[0] === center && range[1] === center ? null : between(random, range)
}

/** Brightness, contrast, saturation and hue, in an order that is drawn too. */
export const colorJitter: Kind<'ColorJitter'> = {
  draw: (parameters, random) => {
    if (!happens(random, parameters.p)) return undefined
    return {
      name: 'ColorJitter',
      fn_idx: shuffled(4, random),
      brightness_factor: factorOf(random, parameters.brightness, 1, 0),
      contrast_factor: factorOf(random, parameters.contrast, 1, 0),
      saturation_factor: factorOf(random, parameters.saturation, 1, 0),
      hue_factor: factorOf(random, parameters.hue, 0, -0.5),
    }
  },
  apply: (picture, drawn) => {
    const steps = [
      { enhance: brightness, factor: drawn.brightness_factor },
      { enhance: contrast, factor: drawn.contrast_factor },
      { enhance: saturation, factor: drawn.saturation_factor },
      { enhance: hue, factor: drawn.hue_factor },
    ]
    let changed = picture
    for (const index of drawn.fn_idx) {
      const { enhance, factor } = steps[index]!
      if (factor !== null) changed = enhance(changed, factor)
    }
    return changed
  },
}
