/**
 * Which of the validation photos' scores, counted from the smallest, holds a promise: ⌈(n + 1) · promise⌉ (Vovk et al. 2005).
 * undefined where there are too few photos for any score to hold it: then every class must be shown.
 * @param promise share of photos whose right class is to be among those shown, 0 to 1
 */
export function rankOfPromise(photos: number, promise: number): number | undefined {
  const rank = Math.ceil((photos + 1) * promise)
  return rank > photos ? undefined : rank
}
