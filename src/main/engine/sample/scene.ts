import type { Random } from '../../../shared/random.ts'
import type { Colour, Ellipse } from './canvas.ts'
import { Canvas, lit, mixed } from './canvas.ts'
import { clouds } from './noise.ts'
import type { Pattern } from './patterns.ts'
import { drawPattern } from './patterns.ts'

const between = (random: Random, from: number, to: number) => from + (to - from) * random.uniform()

/** Hue in turns, the others 0–1 (the textbook conversion of HSV). */
function colourOf(hue: number, saturation: number, value: number): Colour {
  const channel = (offset: number) => {
    const k = (offset + hue * 6) % 6
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))
  }
  return [channel(5), channel(3), channel(1)]
}

const anyColour = (random: Random, value: readonly [number, number]) =>
  colourOf(random.uniform(), between(random, 0.05, 0.4), between(random, ...value))

/** Ground and light: two colours mixed by noise, brighter on one side, fine texture on top. */
function drawGround(canvas: Canvas, random: Random): void {
  const [near, far] = [anyColour(random, [0.25, 0.8]), anyColour(random, [0.25, 0.8])]
  const broad = clouds(random.integer(0, 2 ** 30), between(random, 60, 160))
  const fine = clouds(random.integer(0, 2 ** 30), between(random, 5, 14))
  const turn = between(random, 0, 2 * Math.PI)
  const [dx, dy] = [Math.cos(turn) / canvas.width, Math.sin(turn) / canvas.height]
  canvas.fill((x, y) =>
    lit(mixed(near, far, broad(x, y)), 0.75 + 0.25 * (x * dx + y * dy) + 0.3 * (fine(x, y) - 0.3)),
  )
}

function drawEllipse(canvas: Canvas, random: Random, size: readonly [number, number]): Ellipse {
  const scale = Math.min(canvas.width, canvas.height)
  const across = scale * between(random, ...size)
  return {
    x: canvas.width * between(random, 0, 1),
    y: canvas.height * between(random, 0, 1),
    across,
    along: across * between(random, 0.15, 0.9),
    turn: between(random, 0, Math.PI),
  }
}

/** Leaves, pebbles, blades: plain or with a vein, in any colour, partly out of focus. They are the same in both classes. */
function drawClutter(canvas: Canvas, random: Random): void {
  for (let i = random.integer(10, 22); i > 0; i -= 1) {
    const leaf = drawEllipse(canvas, random, [0.04, 0.22])
    const colour = anyColour(random, [0.2, 0.9])
    const vein = random.uniform() < 0.5 ? 0.8 : 1
    const opacity = between(random, 0.7, 1)
    canvas.ellipse(leaf, between(random, 1, 10), (u, v) => ({
      colour: lit(colour, (1 - 0.25 * (u * u + v * v)) * (Math.abs(v) < 0.06 ? vein : 1)),
      opacity,
    }))
  }
}

/** Shape as a ball has it: light from the upper left, dark towards the edge. */
function shade(u: number, v: number, turn: number): number {
  const depth = Math.sqrt(Math.max(0, 1 - u * u - v * v))
  const x = u * Math.cos(turn) - v * Math.sin(turn)
  const y = u * Math.sin(turn) + v * Math.cos(turn)
  return 0.45 + 0.6 * Math.max(0, depth * 0.75 - x * 0.4 - y * 0.5)
}

/** The thing that the photo is of: an egg-shaped body with its pattern in two colours, and its shadow. */
function drawBody(canvas: Canvas, random: Random, pattern: Pattern): void {
  const scale = Math.min(canvas.width, canvas.height)
  const across = scale * between(random, 0.4, 0.5)
  const body: Ellipse = {
    x: canvas.width * between(random, 0.36, 0.64),
    y: canvas.height * between(random, 0.36, 0.64),
    across,
    along: across * between(random, 0.75, 0.95),
    turn: between(random, 0, Math.PI),
  }
  // Which of the two is the lighter one is drawn too, so brightness says nothing.
  const colours = [anyColour(random, [0.8, 1]), anyColour(random, [0.05, 0.2])]
  const [base, marks] = (random.uniform() < 0.5 ? colours : colours.reverse()) as [Colour, Colour]
  const isMarked = drawPattern(pattern, random)
  const shadow = { ...body, x: body.x + across * 0.12, y: body.y + across * 0.18 }
  canvas.ellipse(shadow, across * 0.3, () => ({ colour: [0, 0, 0], opacity: 0.5 }))
  canvas.ellipse(body, 1.5, (u, v) => ({
    colour: lit(mixed(base, marks, isMarked(u, v)), shade(u, v, body.turn)),
    opacity: 1,
  }))
}

/** A photo-like picture, 300–500 pixels a side, of one body with the pattern, on cluttered ground. [height, width, 3] */
export function drawScene(
  pattern: Pattern,
  random: Random,
): { data: Uint8ClampedArray; width: number; height: number } {
  const canvas = new Canvas(random.integer(300, 500), random.integer(300, 500))
  drawGround(canvas, random)
  drawClutter(canvas, random)
  drawBody(canvas, random, pattern)
  const data = canvas.develop(between(random, 0.01, 0.04), random.integer(0, 2 ** 30))
  return { data, width: canvas.width, height: canvas.height }
}
