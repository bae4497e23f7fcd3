import type { PhotoBox } from '../../../shared/dataset.ts'
import type { ViewRequest } from '../preprocess/workers/tasks.ts'

/**
 * What a photo's features are kept under: by what is in the file, and the view that was computed. Neither the photo's name nor
 * its class is part of it. One line, without line breaks.
 * @param hash SHA-256 of the photo's bytes
 * @param crop what a person cut out of it
 */
export function rowName(hash: string, view: ViewRequest, crop?: PhotoBox): string {
  const cut = crop ? ` ${[crop.left, crop.top, crop.width, crop.height].join(',')}` : ''
  return `${hash} ${view.kind === 'bank' ? `${view.seed}:${view.photo}:${view.view}` : view.kind}${cut}`
}
