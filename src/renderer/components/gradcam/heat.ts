/** From cold, which is not drawn, over yellow and orange to red: lightness falls all the way, so that no hue has to be told apart. */
const ramp = [
  [255, 240, 160],
  [252, 190, 60],
  [236, 112, 32],
  [196, 32, 16],
] as const

/**
 * The pixels of a heat map, [places, 4]: red, green, blue and opacity, which grows with the value. The largest value is the warmest;
 * a map of nothing but zeros stays clear.
 */
export function heatOf(values: readonly number[]): Uint8ClampedArray {
  const largest = values.reduce((a, b) => Math.max(a, b), 0)
  const pixels = new Uint8ClampedArray(values.length * 4)
  values.forEach((value, index) => {
    const share = largest > 0 ? Math.max(0, value) / largest : 0
    const at = share * (ramp.length - 1)
    const below = Math.min(Math.floor(at), ramp.length - 2)
    const [from, to] = [ramp[below]!, ramp[below + 1]!]
    for (const channel of [0, 1, 2] as const)
      pixels[index * 4 + channel] = from[channel] + (to[channel] - from[channel]) * (at - below)
    pixels[index * 4 + 3] = 255 * share
  })
  return pixels
}
