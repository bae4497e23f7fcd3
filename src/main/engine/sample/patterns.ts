import type { Random } from '../../../shared/random.ts'
import { smoothStep } from './canvas.ts'
import type { Field } from './noise.ts'
import { clouds } from './noise.ts'

/** The two classes. */
export const patterns = ['spotted', 'striped'] as const
export type Pattern = (typeof patterns)[number]

/** How much of a body its pattern covers; the same range for both classes, or brightness would tell them apart. */
const drawShare = (random: Random) => 0.3 + 0.12 * random.uniform()

/** Bands across the body, bent by noise as on a zebra. */
function stripes(random: Random): Field {
  const share = drawShare(random)
  const width = 0.2 + 0.1 * random.uniform()
  const turn = (random.uniform() - 0.5) * 1.2
  const bend = clouds(random.integer(0, 2 ** 30), 0.7)
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  return (u, v) => {
    const phase = (u * cos + v * sin + (bend(u, v) - 0.5) * 0.3) / width
    const within = Math.abs(phase - Math.floor(phase) - 0.5) * 2
    return 1 - smoothStep(share - 0.12, share + 0.12, within)
  }
}

/** Discs on a grid whose rows are shifted, each a little out of place, as on a ladybird. */
function spots(random: Random): Field {
  const share = drawShare(random)
  const cell = 0.24 + 0.1 * random.uniform()
  const radius = Math.sqrt(share / Math.PI)
  const seed = random.integer(0, 2 ** 30)
  // off the centre by at most what keeps neighbours apart
  const shift = clouds(seed, 0.4)
  return (u, v) => {
    const row = Math.floor(v / cell)
    const y = v / cell - row - 0.5
    const along = u / cell + (row % 2 === 0 ? 0 : 0.5)
    const x = along - Math.floor(along) - 0.5
    const jitter = (shift(Math.floor(along) * 9.7, row * 7.3) - 0.5) * 0.2
    const distance = Math.hypot(x + jitter, y - jitter)
    return 1 - smoothStep(radius - 0.06, radius + 0.06, distance)
  }
}

/** Where a body has its second colour, 0–1, in half axes from its middle. */
export function drawPattern(pattern: Pattern, random: Random): Field {
  return pattern === 'striped' ? stripes(random) : spots(random)
}
