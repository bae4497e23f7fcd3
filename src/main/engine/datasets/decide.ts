import type { BrowsedDataset, BrowsedPhoto } from '../../../shared/dataset.ts'
import type { Act, ActSummary } from '../../../shared/decisions.ts'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import { requirePattern } from './namePattern.ts'

/** The classes' names of these photos now: the one that all have, or how many. */
function namesBefore(dataset: BrowsedDataset, photos: ReadonlySet<string>): string[] {
  const labels = new Set(dataset.photos.filter((it) => photos.has(it.path)).map((it) => it.class))
  return [...labels].flatMap((label) => (label === null ? [] : [dataset.classes[label]!]))
}

function labelSummary(
  dataset: BrowsedDataset,
  photos: readonly string[],
  to: string | undefined,
): ActSummary {
  const count = photos.length
  const before = namesBefore(dataset, new Set(photos))
  if (to === undefined) return { code: 'unlabelled', parameters: { count } }
  if (before.length !== 1 || before[0] === to) return { code: 'labelled', parameters: { count, to } }
  return { code: 'relabelled', parameters: { count, from: before[0]!, to } }
}

/**
 * What an act is about to do, in words.
 * @param dataset as it is before
 * @param photos all that the act changes
 * @param asked so many of them were named; the others come along, because they belong to a capture group of these
 */
export function summaryOf(
  dataset: BrowsedDataset,
  photos: readonly string[],
  act: Act,
  asked = photos.length,
): ActSummary {
  const count = photos.length
  switch (act.type) {
    case 'label':
      return labelSummary(dataset, photos, act.classes[0])
    case 'labelEach':
      return { code: 'labelledEach', parameters: { count } }
    case 'leaveOut':
      return { code: act.out ? 'leftOut' : 'takenBack', parameters: { count } }
    case 'part':
      return asked < count
        ? { code: 'partedTogether', parameters: { count, part: act.part, along: count - asked } }
        : { code: 'parted', parameters: { count, part: act.part } }
    case 'partEach': {
      const of = (part: string) => act.parts.filter((it) => it === part).length
      return { code: 'splitDrawn', parameters: { train: of('train'), val: of('val'), test: of('test') } }
    }
    case 'cropEach':
      return { code: 'cropped', parameters: { count } }
    case 'crop':
      return { code: act.box ? 'cropped' : 'uncropped', parameters: { count } }
    case 'rename': {
      const { from, to } = act
      const index = dataset.classes.indexOf(from)
      const of = dataset.photos.filter((photo) => photo.class === index).length
      const merges = from !== to && dataset.classes.includes(to)
      return merges
        ? { code: 'merged', parameters: { from, to, count: of } }
        : { code: 'renamed', parameters: { from, to } }
    }
    case 'groups':
      return { code: 'grouped', parameters: {} }
    case 'restore':
      return { code: 'restored', parameters: { entry: act.entry } }
    case 'moved':
      return { code: 'moved', parameters: { count } }
    case 'addSource':
      return { code: 'sourceAdded', parameters: { source: act.source } }
    case 'removeSource':
      return { code: 'sourceRemoved', parameters: { source: act.source } }
  }
}

/** The dataset's photos by their path. @throws ThawError photos.unknown if one of `asked` is none of them */
export function requireKnown(
  { photos }: BrowsedDataset,
  asked: readonly string[],
): ReadonlyMap<string, BrowsedPhoto> {
  const known = new Map(photos.map((photo) => [photo.path, photo]))
  const strange = asked.filter((photo) => !known.has(photo))
  if (strange.length > 0) throw new ThawError('photos.unknown', { count: strange.length, photo: strange[0]! })
  return known
}

/** What an act says of each of its photos, in their order; undefined where it says one thing of all. */
function valuesOf(act: Act): readonly unknown[] | undefined {
  switch (act.type) {
    case 'labelEach':
      return act.classes
    case 'partEach':
      return act.parts
    case 'cropEach':
      return act.boxes
    case 'moved':
      return act.to
    default:
      return undefined
  }
}

/** A crop has two sides; it may reach out of the photo. @throws ThawError config.invalid */
function requireCrops(act: Act): void {
  const boxes = act.type === 'cropEach' ? act.boxes : act.type === 'crop' && act.box ? [act.box] : []
  const none = boxes.find(({ width, height }) => width <= 0 || height <= 0)
  if (none)
    throw new ThawError('config.invalid', { ...because('no-crop', { crop: Object.values(none).join(' ') }) })
}

/**
 * The photos that an act is about, each once: moving one photo of a capture group to another part moves all of it.
 * @throws ThawError `photos.unknown`, `class.unknown`, `act.empty`, `config.invalid`
 */
export function affected(dataset: BrowsedDataset, photos: readonly string[], act: Act): string[] {
  requireKnown(dataset, photos)
  if (act.type === 'rename') {
    if (!dataset.classes.includes(act.from)) throw new ThawError('class.unknown', { class: act.from })
    return []
  }
  if (act.type === 'groups' && act.rules.pattern !== null)
    requirePattern(
      act.rules.pattern,
      dataset.photos.map(({ path }) => path),
    )
  if (['restore', 'groups', 'addSource', 'removeSource'].includes(act.type)) return []
  if (photos.length === 0) throw new ThawError('act.empty')
  requireCrops(act)
  const each = valuesOf(act)
  if (each && each.length !== photos.length)
    throw new ThawError('config.invalid', { reason: `${each.length} values for ${photos.length} photos` })
  if (act.type === 'part') return together(dataset, photos)
  return each ? [...photos] : [...new Set(photos)]
}

/** These photos and all that are in a capture group with one of them, in the dataset's order: what moves to another part together. */
export function together(dataset: BrowsedDataset, photos: readonly string[]): string[] {
  const wanted = new Set(photos)
  const groups = new Set(dataset.photos.flatMap(({ path, group }) => (wanted.has(path) ? (group ?? []) : [])))
  return dataset.photos
    .filter(({ path, group }) => wanted.has(path) || (group !== undefined && groups.has(group)))
    .map(({ path }) => path)
}
