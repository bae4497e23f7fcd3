import { filters } from '../preprocess/resize.ts'

/**
 * A vision transformer's position embedding, [1, 1 + places, channels], made for another number of places: the class token's stays
 * as it is, the others are a picture that is resized as PyTorch's `interpolate(mode="bicubic", antialias=True)` does it, which is what
 * timm's `resample_abs_pos_embed` calls. Computed in float64.
 */
export function resamplePositions(
  values: Float32Array,
  from: number,
  to: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array((1 + to * to) * channels)
  out.set(values.subarray(0, channels))
  const taps = tapsOf(from, to)
  // Rows first, then columns: [to, from, channels], then [to, to, channels].
  const rows = new Float64Array(to * from * channels)
  taps.forEach(({ first, weights }, y) => {
    weights.forEach((weight, i) => {
      const source = (1 + (first + i) * from) * channels
      const target = y * from * channels
      for (let k = 0; k < from * channels; k += 1) rows[target + k]! += weight * values[source + k]!
    })
  })
  const sums = new Float64Array(channels)
  for (let y = 0; y < to; y += 1)
    taps.forEach(({ first, weights }, x) => {
      sums.fill(0)
      weights.forEach((weight, i) => {
        const source = (y * from + first + i) * channels
        for (let c = 0; c < channels; c += 1) sums[c]! += weight * rows[source + c]!
      })
      out.set(sums, (1 + y * to + x) * channels)
    })
  return out
}

/** Which places each new one is a mean of, and how much each counts. */
function tapsOf(from: number, to: number): { first: number; weights: number[] }[] {
  const { support, weight } = filters.bicubic
  const scale = from / to
  const widened = Math.max(scale, 1)
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - support * widened + 0.5))
    const end = Math.min(from, Math.trunc(center + support * widened + 0.5))
    const raw = Array.from({ length: end - first }, (_, k) => weight((first + k - center + 0.5) / widened))
    const sum = raw.reduce((a, b) => a + b, 0)
    return { first, weights: raw.map((it) => it / sum) }
  })
}

/** How many places a side an embedding of this shape has; null where it is no square beside a class token. */
function sideOf(shape: readonly number[]): number | null {
  const side = Math.sqrt((shape[1] ?? 0) - 1)
  return shape.length === 3 && shape[0] === 1 && Number.isInteger(side) && side > 0 ? side : null
}

interface Readable {
  shape: readonly number[]
  read: () => Promise<Float32Array<ArrayBuffer>>
}

/**
 * A position embedding of a file, resampled as it is read if it was made for photos of another size than the network takes.
 * @param shape what the network takes
 */
export function withPlaces<T extends Readable>(tensor: T, shape: readonly number[]): T {
  const [from, to] = [sideOf(tensor.shape), sideOf(shape)]
  const channels = shape[2]
  if (!from || !to || from === to || channels === undefined || tensor.shape[2] !== channels) return tensor
  return { ...tensor, shape, read: async () => resamplePositions(await tensor.read(), from, to, channels) }
}
