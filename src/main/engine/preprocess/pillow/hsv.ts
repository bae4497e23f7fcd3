import type { Pixels } from '../../photos/pixels.ts'

const { fround } = Math

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.trunc(value)))
/** C's round(): halves go away from zero; all values here are positive. */
const rounded = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)))

/** For each sixth of the circle: which channel has the whole value, which one grows or falls, and which one is low. */
const channelsOf = [
  [0, 1, 2],
  [1, 0, 2],
  [1, 2, 0],
  [2, 1, 0],
  [2, 0, 1],
  [0, 2, 1],
] as const

/** The hue of a colour whose largest and smallest part differ, as a byte. Which steps are float32 and which double is the C code's. */
function hueOf(red: number, green: number, blue: number, most: number, spread: number): number {
  const r = fround((most - red) / spread)
  const g = fround((most - green) / spread)
  const b = fround((most - blue) / spread)
  const sixth = red === most ? fround(b - g) : green === most ? fround(2 + r - b) : fround(4 + g - r)
  return toByte(fround((sixth / 6 + 1) % 1) * 255)
}

/**
 * convert("HSV"), the hue moved round by `shift` of 256, and convert("RGB"), after rgb2hsv_row and hsv2rgb in
 * src/libImaging/Convert.c. All three channels are bytes, so even a shift of 0 changes most pictures. The C code keeps saturation and
 * what follows the hue in float32; tried with every hue, saturation and value, that changes no byte, so it is not done here.
 */
export function shiftHue(picture: Pixels, shift: number): Pixels {
  const data = new Uint8Array(picture.data.length)
  for (let i = 0; i < data.length; i += 3) {
    const red = picture.data[i]!
    const green = picture.data[i + 1]!
    const blue = picture.data[i + 2]!
    const value = Math.max(red, green, blue)
    const spread = value - Math.min(red, green, blue)
    const saturation = spread === 0 ? 0 : toByte((spread / value) * 255)
    if (saturation === 0) {
      data.fill(value, i, i + 3)
      continue
    }
    const hue = (hueOf(red, green, blue, value, spread) + shift) & 255
    const turned = (hue * 6) / 255
    const sector = Math.floor(turned)
    const rest = turned - sector
    const strength = saturation / 255
    const low = rounded(value * (1 - strength))
    const falling = rounded(value * (1 - strength * rest))
    const growing = rounded(value * (1 - strength * (1 - rest)))
    const side = sector % 2 === 0 ? growing : falling
    const parts = channelsOf[sector % 6]!
    data[i + parts[0]] = value
    data[i + parts[1]] = side
    data[i + parts[2]] = low
  }
  return { ...picture, data }
}
