import { statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { app } from 'electron'
import { isPhotoName } from '../shared/photoFiles.ts'
import { isWeightName } from '../shared/weightFiles.ts'

/** What a person opens with Thaw: a weight file is looked into, photos and folders of photos are classified. */
export interface Opened {
  weights: string | undefined
  photos: string[]
}

/** A file manager may name a file by its address. undefined: an address that is no file of this machine. */
function plainPath(one: string): string | undefined {
  if (!one.startsWith('file:')) return one
  try {
    return fileURLToPath(one)
  } catch {
    return undefined
  }
}

const isFolder = (place: string): boolean =>
  statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false

function sorted(places: readonly string[]): Opened {
  return {
    weights: places.findLast((place) => isWeightName(place) && !isFolder(place)),
    photos: places.filter((place) => isPhotoName(place) || isFolder(place)),
  }
}

/**
 * What a command line names; relative paths are meant from the folder `standing`.
 * @param own the app's own folder, which stands there in development
 */
export function openedBy(argv: readonly string[], standing: string, own: string): Opened {
  const places = argv
    .slice(1)
    .filter((one) => !one.startsWith('-'))
    .map(plainPath)
    .filter((one) => one !== undefined)
    .map((one) => path.resolve(standing, one))
  return sorted(places.filter((place) => place !== path.resolve(own)))
}

const isNothing = ({ weights, photos }: Opened): boolean => weights === undefined && photos.length === 0

export interface OpenedFiles {
  /** With what the app was started. */
  first: () => Opened
  /** Told of everything later. */
  onOpened: (listener: (opened: Opened) => unknown) => void
}

/**
 * Files and folders that a person opens with Thaw from outside, or drops on its icon. To be called before the app is ready; a Mac
 * tells of the first ones by events too, one each.
 */
export function hearOfOpenedFiles(): OpenedFiles {
  const own = app.getAppPath()
  let first = openedBy(process.argv, process.cwd(), own)
  let tell = ({ weights, photos }: Opened) => {
    first = { weights: weights ?? first.weights, photos: [...first.photos, ...photos] }
  }
  app.on('open-file', (event, file) => {
    event.preventDefault()
    const opened = sorted([file])
    if (!isNothing(opened)) tell(opened)
  })
  app.on('second-instance', (_, argv, standing) => {
    const opened = openedBy(argv, standing, own)
    if (!isNothing(opened)) tell(opened)
  })
  return { first: () => first, onOpened: (listener) => (tell = listener) }
}

/** Where the page shows what was opened; undefined: where it was left. */
export function placeOf({ weights, photos }: Opened): string | undefined {
  if (photos.length > 0)
    return `#/classify?${photos.map((photo) => `open=${encodeURIComponent(photo)}`).join('&')}`
  return weights === undefined ? undefined : `#/models?inspect=${encodeURIComponent(weights)}`
}
