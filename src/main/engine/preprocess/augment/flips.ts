import type { Pixels } from '../../photos/pixels.ts'
import { happens } from './kind.ts'
import type { Kind } from './kind.ts'

function mirrored({ data, width, height }: Pixels): Pixels {
  const out = new Uint8Array(data.length)
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const x = pixel % width
    const from = (pixel - x + (width - 1 - x)) * 3
    for (let channel = 0; channel < 3; channel += 1) out[pixel * 3 + channel] = data[from + channel]!
  }
  return { data: out, width, height }
}

function upsideDown({ data, width, height }: Pixels): Pixels {
  const out = new Uint8Array(data.length)
  const row = width * 3
  for (let y = 0; y < height; y += 1) out.set(data.subarray(y * row, (y + 1) * row), (height - 1 - y) * row)
  return { data: out, width, height }
}

export const randomHorizontalFlip: Kind<'RandomHorizontalFlip'> = {
  draw: ({ p }, random) => (happens(random, p) ? { name: 'RandomHorizontalFlip' } : undefined),
  apply: mirrored,
}

export const randomVerticalFlip: Kind<'RandomVerticalFlip'> = {
  draw: ({ p }, random) => (happens(random, p) ? { name: 'RandomVerticalFlip' } : undefined),
  apply: upsideDown,
}
