import type { Photo } from '../../../shared/dataset.ts'

/** Every n-th photo, so that all classes come along. */
export function spread(photos: readonly Photo[], count: number): Photo[] {
  const step = Math.max(1, Math.floor(photos.length / count))
  return photos.filter((_, i) => i % step === 0).slice(0, count)
}
