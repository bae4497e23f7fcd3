import type { Pixels } from '../../photos/pixels.ts'

/** Each level replaced by another, for each channel by its own table. */
function looked(picture: Pixels, tables: readonly (readonly number[])[]): Pixels {
  const data = new Uint8Array(picture.data.length)
  for (let i = 0; i < data.length; i += 1) data[i] = tables[i % 3]![picture.data[i]!]!
  return { ...picture, data }
}

const byLevel = (of: (level: number) => number): number[] =>
  Array.from({ length: 256 }, (_, level) => of(level))

const forAll = (of: (level: number) => number) => {
  const table = byLevel(of)
  return [table, table, table]
}

/** How often each level is there, for each channel. */
function histograms({ data }: Pixels): number[][] {
  const counts = [0, 1, 2].map(() => byLevel(() => 0))
  for (let i = 0; i < data.length; i += 1) counts[i % 3]![data[i]!]! += 1
  return counts
}

/** ImageOps.posterize: only the highest `bits` bits stay. */
export const posterize = (picture: Pixels, bits: number): Pixels =>
  looked(
    picture,
    forAll((level) => level & ~(2 ** (8 - bits) - 1)),
  )

/** ImageOps.solarize: what is at the threshold or above is turned round. */
export const solarize = (picture: Pixels, threshold: number): Pixels =>
  looked(
    picture,
    forAll((level) => (level < threshold ? level : 255 - level)),
  )

/** ImageOps.autocontrast: for each channel from its darkest to its brightest level. */
export function autoContrast(picture: Pixels): Pixels {
  const tables = histograms(picture).map((counts) => {
    const low = counts.findIndex((count) => count > 0)
    const high = counts.findLastIndex((count) => count > 0)
    if (high <= low) return byLevel((level) => level)
    const scale = 255 / (high - low)
    const offset = -low * scale
    return byLevel((level) => Math.min(255, Math.max(0, Math.trunc(level * scale + offset))))
  })
  return looked(picture, tables)
}

/** ImageOps.equalize: for each channel levels are spread so that all are about equally frequent. */
export function equalize(picture: Pixels): Pixels {
  const tables = histograms(picture).map((counts) => {
    const present = counts.filter((count) => count > 0)
    const step = Math.floor((present.reduce((sum, count) => sum + count, 0) - present.at(-1)!) / 255)
    if (present.length <= 1 || step === 0) return byLevel((level) => level)
    let below = Math.floor(step / 2)
    return byLevel((level) => {
      const to = Math.floor(below / step)
      below += counts[level]!
      return Math.min(255, to)
    })
  })
  return looked(picture, tables)
}
