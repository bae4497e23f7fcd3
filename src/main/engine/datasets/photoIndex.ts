import type { PhotoQuery } from '../../../shared/api/datasets.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../shared/dataset.ts'
import { holdsHangul, initialsOf, isInitials, lettersOf } from '../../../shared/korean.ts'
import type { Figures } from './figures.ts'
import { byCodePoint } from './order.ts'

type Sorted = Exclude<PhotoQuery['order'], 'only'>
const none = Number.MAX_SAFE_INTEGER

/** As a search compares texts. Most are plain ASCII, which normalising leaves as it is. */
export const comparable = (text: string): string => text.normalize('NFC').toLowerCase()

const nameOf = (photo: BrowsedPhoto): string => photo.path.slice(photo.path.lastIndexOf('/') + 1)

/** Share of the photo, or of what a person cut out of it, that a square out of its middle takes away. */
function cutOf({ width, height, crop }: BrowsedPhoto): number {
  const seen = crop ?? { width, height }
  return 1 - Math.min(seen.width, seen.height) / Math.max(seen.width, seen.height)
}

/** Characters from U+D800 on: below them `<` compares UTF-16 units and code points alike. */
const beyond = /[\ud800-\uffff]/

/** The dataset's own order is by split, class and path: sorts keep it where they see no difference. */
function byText(photos: readonly BrowsedPhoto[], text: (photo: BrowsedPhoto) => string): BrowsedPhoto[] {
  const keys = photos.map(text)
  const plain = !keys.some((key) => beyond.test(key))
  const compare = plain
    ? (a: number, b: number) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b)
    : (a: number, b: number) => byCodePoint(keys[a]!, keys[b]!) || a - b
  return Uint32Array.from(keys.keys())
    .sort(compare)
    .reduce<BrowsedPhoto[]>((found, index) => (found.push(photos[index]!), found), [])
}

function byNumber(photos: readonly BrowsedPhoto[], number: (photo: BrowsedPhoto) => number): BrowsedPhoto[] {
  const keys = Float64Array.from(photos, number)
  return Uint32Array.from(keys.keys())
    .sort((a, b) => keys[a]! - keys[b]! || a - b)
    .reduce<BrowsedPhoto[]>((found, index) => (found.push(photos[index]!), found), [])
}

/** Between the texts of two photos: no path holds it. */
const between = '\0'

/**
 * Path and keywords of every photo as a search compares them, in one text: going through it once finds what a hundred thousand
 * comparisons would.
 */
interface Texts {
  whole: string
  /** Where each photo's own text ends, its offset in `whole`. */
  ends: Uint32Array
}

const textOf = ({ path, keywords }: BrowsedPhoto): string =>
  keywords ? [path, ...keywords].join('\n').replaceAll(between, ' ') : path

/** How texts are written for a search: Korean is also found by initial consonants, and while a syllable is still being typed. */
const writings = { plain: (text: string) => text, letters: lettersOf, initials: initialsOf }
type Writing = keyof typeof writings

const writingFor = (search: string): Writing =>
  isInitials(search) ? 'initials' : holdsHangul(search) ? 'letters' : 'plain'

function textsOf(photos: readonly BrowsedPhoto[], writing: Writing): Texts {
  const whole = writings[writing](comparable(photos.map((photo) => textOf(photo) + between).join('')))
  const ends = new Uint32Array(photos.length)
  let at = -1
  for (let i = 0; i < ends.length; i += 1) ends[i] = at = whole.indexOf(between, at + 1)
  return { whole, ends }
}

/** What a query of a dataset needs again and again: orders and texts, each made when it is first asked for. */
export class PhotoIndex {
  readonly photos: readonly BrowsedPhoto[]
  private readonly figures: Figures
  private readonly orders = new Map<Sorted, readonly BrowsedPhoto[]>()
  private readonly texts = new Map<Writing, Texts>()

  private constructor(photos: readonly BrowsedPhoto[], figures: Figures) {
    this.photos = photos
    this.figures = figures
  }

  private static readonly known = new WeakMap<BrowsedDataset, PhotoIndex>()

  /** The same one as long as neither the dataset nor the figures are others. */
  static of(dataset: BrowsedDataset, figures: Figures): PhotoIndex {
    const known = PhotoIndex.known.get(dataset)
    if (known?.figures === figures) return known
    const fresh = new PhotoIndex(dataset.photos, figures)
    PhotoIndex.known.set(dataset, fresh)
    return fresh
  }

  /** All photos in an order. */
  sorted(order: Sorted): readonly BrowsedPhoto[] {
    let found = this.orders.get(order)
    if (!found) this.orders.set(order, (found = this.sort(order)))
    return found
  }

  /** Photos whose path or keywords hold a text, which is neither empty nor other than `comparable` makes it. */
  holding(search: string): ReadonlySet<BrowsedPhoto> {
    const writing = writingFor(search)
    const { whole, ends } = this.textsIn(writing)
    const sought = lettersOf(search)
    const found = new Set<BrowsedPhoto>()
    if (sought.includes(between)) return found
    let index = 0
    for (let at = whole.indexOf(sought); at >= 0; at = whole.indexOf(sought, ends[index]! + 1)) {
      while (ends[index]! < at) index += 1
      found.add(this.photos[index]!)
    }
    return found
  }

  private textsIn(writing: Writing): Texts {
    let found = this.texts.get(writing)
    if (!found) this.texts.set(writing, (found = textsOf(this.photos, writing)))
    return found
  }

  private sort(order: Sorted): readonly BrowsedPhoto[] {
    const { photos, figures } = this
    switch (order) {
      case 'split':
        return photos
      case 'name':
        return byText(photos, nameOf)
      case 'group':
        return byText(photos, (photo) => photo.group ?? '')
      case 'class':
        return byNumber(photos, (photo) => photo.class ?? none)
      case 'taken':
        return byNumber(photos, (photo) => photo.taken ?? none)
      case 'modified':
        return byNumber(photos, (photo) => photo.modified)
      case 'size':
        return byNumber(photos, (photo) => photo.bytes)
      case 'pixels':
        return byNumber(photos, (photo) => photo.width * photo.height)
      case 'cut':
        return byNumber(photos, (photo) => -cutOf(photo))
      case 'certainty':
        return byNumber(photos, (photo) => figures.certainty.get(photo.path) ?? none)
      case 'unusual':
        return byNumber(photos, (photo) => -(figures.unusual.get(photo.path) ?? -none))
    }
  }
}
