import { createHash } from 'node:crypto'
import { presets } from '../../../shared/augmentation.ts'
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
  return `${hash} ${nameOf(view)}${cut}`
}

/** Views that are drawn as in the recipe are named as they were when there was nothing else to draw. */
function nameOf(view: ViewRequest): string {
  if (view.kind !== 'bank') return view.kind
  const transforms = JSON.stringify(view.transforms)
  const own = transforms === JSON.stringify(presets.recipe) ? '' : `:${digest(transforms)}`
  return `${view.seed}:${view.photo}:${view.view}${own}`
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
