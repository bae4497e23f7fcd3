import type { Preparation } from '../../../shared/preparation.ts'

/** What each byte becomes in each channel: [3, 256]. */
function table({ mean, std }: Pick<Preparation, 'mean' | 'std'>): Float32Array {
  const values = new Float32Array(3 * 256)
  for (let channel = 0; channel < 3; channel += 1) {
    const center = Math.fround(mean[channel]!)
    const spread = Math.fround(std[channel]!)
    for (let byte = 0; byte < 256; byte += 1)
      values[channel * 256 + byte] = Math.fround(Math.fround(byte / 255) - center) / spread
  }
  return values
}

/**
 * Bytes to the network's input: torchvision's ToTensor (/ 255) and Normalize, each step rounded to float32 as torch rounds
 * it, so the values are bit-identical. Works for one photo or a whole batch: [..., 3] of bytes to [..., 3] of floats.
 */
export function normalise(
  pixels: Uint8Array,
  preparation: Pick<Preparation, 'mean' | 'std'>,
  out: Float32Array,
): void {
  const values = table(preparation)
  for (let i = 0; i < pixels.length; i += 3) {
    out[i] = values[pixels[i]!]!
    out[i + 1] = values[256 + pixels[i + 1]!]!
    out[i + 2] = values[512 + pixels[i + 2]!]!
  }
}
