import { mix } from '../../../shared/random.ts'

/** Red, green, blue, 0–1. */
export type Colour = readonly [number, number, number]

/** Adds light (positive) or takes it away, the same for all channels. */
export const lit = (colour: Colour, light: number): Colour => [
  colour[0] * light,
  colour[1] * light,
  colour[2] * light,
]

export const mixed = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

/** Rises from 0 to 1 between `from` and `to`, without corners (Hermite). */
export function smoothStep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/** An ellipse lying anywhere; what is painted on it is told the place in its own coordinates. */
export interface Ellipse {
  x: number
  y: number
  /** Half axes, pixels. */
  across: number
  along: number
  /** Radians. */
  turn: number
}

export class Canvas {
  readonly width: number
  readonly height: number
  /** [height, width, 3], 0–1 */
  private readonly light: Float32Array

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.light = new Float32Array(width * height * 3)
  }

  /** Every pixel by its place. */
  fill(colourAt: (x: number, y: number) => Colour): void {
    for (let y = 0, at = 0; y < this.height; y += 1) {
      for (let x = 0; x < this.width; x += 1, at += 3) {
        const colour = colourAt(x, y)
        this.light[at] = colour[0]
        this.light[at + 1] = colour[1]
        this.light[at + 2] = colour[2]
      }
    }
  }

  /**
   * Paints an ellipse with a soft edge. `paint` gets u and v, the place in half axes (inside, u² + v² ≤ 1), and answers
   * with a colour and how opaque it is.
   * @param softness width of the edge in pixels: 1 is sharp, more is out of focus
   */
  ellipse(
    { x: centerX, y: centerY, across, along, turn }: Ellipse,
    softness: number,
    paint: (u: number, v: number) => { colour: Colour; opacity: number },
  ): void {
    const cos = Math.cos(turn)
    const sin = Math.sin(turn)
    const reachX = Math.hypot(across * cos, along * sin) + softness
    const reachY = Math.hypot(across * sin, along * cos) + softness
    const [fromX, toX] = [
      Math.max(0, Math.floor(centerX - reachX)),
      Math.min(this.width - 1, centerX + reachX),
    ]
    const [fromY, toY] = [
      Math.max(0, Math.floor(centerY - reachY)),
      Math.min(this.height - 1, centerY + reachY),
    ]
    // distance from the edge in pixels, good enough near the edge, where alone it matters
    const small = Math.min(across, along)
    for (let y = fromY; y <= toY; y += 1) {
      for (let x = fromX; x <= toX; x += 1) {
        const u = ((x - centerX) * cos + (y - centerY) * sin) / across
        const v = ((y - centerY) * cos - (x - centerX) * sin) / along
        const outside = (Math.sqrt(u * u + v * v) - 1) * small
        const coverage = 1 - smoothStep(-softness / 2, softness / 2, outside)
        if (coverage === 0) continue
        const { colour, opacity } = paint(u, v)
        const share = coverage * opacity
        const at = (y * this.width + x) * 3
        for (let channel = 0; channel < 3; channel += 1) {
          const before = this.light[at + channel]!
          this.light[at + channel] = before + (colour[channel]! - before) * share
        }
      }
    }
  }

  /** The picture as bytes, with a camera's grain of the given strength: [height, width, 3]. */
  develop(grain: number, seed: number): Uint8ClampedArray {
    const bytes = new Uint8ClampedArray(this.light.length)
    for (let i = 0; i < bytes.length; i += 3) {
      const noise = (mix(i ^ seed) / 2 ** 32 - 0.5) * grain
      for (let channel = 0; channel < 3; channel += 1)
        bytes[i + channel] = 255 * (this.light[i + channel]! + noise)
    }
    return bytes
  }
}
