import type { Pixels } from '../../photos/pixels.ts'

const { fround } = Math

/**
 * Pillow's Image.blend(from, to, alpha), after src/libImaging/Blend.c: float32, cut off and not rounded, and clipped where alpha is
 * outside 0–1. Every enhancement of ImageEnhance is such a blend from its degenerate picture to the original.
 * @param from [height, width, 3], or one level that all of it has
 */
export function blend(from: Uint8Array | number, to: Pixels, alpha: number): Pixels {
  const share = fround(alpha)
  const data = new Uint8Array(to.data.length)
  for (let i = 0; i < data.length; i += 1) {
    const base = typeof from === 'number' ? from : from[i]!
    // Of the three results only clipping keeps those outside a byte; inside 0–1 there are none.
    const value = share === 1 ? to.data[i]! : fround(base + fround(share * (to.data[i]! - base)))
    data[i] = value <= 0 ? 0 : value >= 255 ? 255 : value
  }
  return { ...to, data }
}
