import type { BrowsedDataset, PhotoBox } from '../../../shared/dataset.ts'
import { requireKnown } from './decide.ts'

/** Pixels that a crop has at least on each side, as where it is drawn by hand. */
const least = 8

/** One side of a crop, scaled: whole pixels that lie in the photo. */
function scaled(from: number, length: number, by: number, whole: number): [from: number, length: number] {
  const size = Math.min(whole, Math.max(least, Math.round(length * by)))
  return [Math.min(whole - size, Math.max(0, Math.round(from * by))), size]
}

/**
 * The same part of each photo as `box` is of the photo `of`, in the pixels of each upright.
 * @throws ThawError photos.unknown
 */
export function cropsAlike(
  dataset: BrowsedDataset,
  paths: readonly string[],
  of: string,
  box: PhotoBox,
): PhotoBox[] {
  const known = requireKnown(dataset, [of, ...paths])
  const model = known.get(of)!
  return paths.map((path) => {
    const { width: wide, height: high } = known.get(path)!
    const [left, width] = scaled(box.left, box.width, wide / model.width, wide)
    const [top, height] = scaled(box.top, box.height, high / model.height, high)
    return { left, top, width, height }
  })
}
