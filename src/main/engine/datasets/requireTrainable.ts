import type { Dataset, SeenSplit } from '../../../shared/dataset.ts'
import { placeOfDataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
import { photoExtensions } from '../../../shared/photoFiles.ts'
import { placeInHalves } from './layout.ts'
import { namesOf } from './leftOut.ts'

const purpose: Record<SeenSplit, ReasonCode> = { train: 'to-train', val: 'to-validate' }
const otherSide: Record<SeenSplit, SeenSplit> = { train: 'val', val: 'train' }

/** Classes with readable photos on one side only, and which side they lack. */
function lopsided(dataset: Dataset): { class: string; lacks: SeenSplit }[] {
  const has = new Set(dataset.photos.map((photo) => `${photo.split} ${photo.class}`))
  return dataset.classes.flatMap((name, i) => {
    const sides = (['train', 'val'] as const).filter((split) => has.has(`${split} ${i}`))
    return sides.length === 1 ? [{ class: name, lacks: otherSide[sides[0]!] }] : []
  })
}

/** Of a folder with train/ and val/: both must hold the same classes, each with a readable photo. */
function requireEqualHalves(dataset: Dataset): void {
  // Class folders that are there, but without a readable photo; other classes have no folder on that side at all.
  const paths = [...dataset.unreadable.map((photo) => photo.path), ...(dataset.emptyFolders ?? [])]
  const barren = new Set(paths.map((file) => JSON.stringify(placeInHalves(file))))
  const isBarren = (one: { class: string; lacks: SeenSplit }) =>
    barren.has(JSON.stringify({ split: one.lacks, class: one.class }))
  const lacking = lopsided(dataset)
  const absent = lacking.filter((one) => !isBarren(one))
  if (absent.length > 0)
    throw new ThawError('dataset.unequal-classes', {
      classes: absent.map((one) => `“${one.class}”`).join(', '),
    })
  const [first] = lacking
  if (first) throw new ThawError('dataset.empty-class', { class: first.class, split: purpose[first.lacks] })
}

/**
 * Whether a network can be trained on this.
 * @throws ThawError `dataset.no-photos`, `dataset.only-archives`, `dataset.no-labels`, `dataset.one-class`, `dataset.unequal-classes`, `dataset.empty-class`
 */
export function requireTrainable(dataset: Dataset): void {
  const { layout, classes, photos, archives = [] } = dataset
  // A list lies in a folder with others.
  const folder = placeOfDataset(dataset)
  const isWithoutClasses = layout === 'flat' || (layout === 'list' && classes.length === 0)
  if (photos.length + dataset.unreadable.length === 0 && archives.length > 0)
    throw new ThawError('dataset.only-archives', { folder, files: namesOf(archives) })
  if (photos.length === 0 && isWithoutClasses) throw new ThawError('dataset.no-labels', { folder })
  if (photos.length === 0)
    throw new ThawError('dataset.no-photos', { folder, extensions: photoExtensions.join(' ') })
  const present = new Set(photos.map((photo) => photo.class))
  const filled = classes.filter((_, i) => present.has(i))
  if (filled.length === 1) throw new ThawError('dataset.one-class', { folder, class: filled[0]! })
  const empty = classes.find((_, i) => !present.has(i))
  if (empty !== undefined) throw new ThawError('dataset.empty-class', { class: empty, split: purpose.train })
  if (layout === 'split-folders') requireEqualHalves(dataset)
  const learnt = new Set(photos.filter((photo) => photo.split === 'train').map((photo) => photo.class))
  const unlearnt = classes.find((_, i) => !learnt.has(i))
  if (unlearnt !== undefined)
    throw new ThawError('dataset.empty-class', { class: unlearnt, split: purpose.train })
  // A drawn split leaves a class of one photo without a second to validate with; only all of them together are too few.
  if (!photos.some((photo) => photo.split === 'val'))
    throw new ThawError('dataset.empty-class', { class: classes[0]!, split: purpose.val })
}
