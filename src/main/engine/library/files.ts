import { readdir, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { FileKind, Listing } from '../../../shared/api/files.ts'
import { ThawError } from '../../../shared/errors.ts'
import { sourceExtensions } from '../../../shared/sourceFiles.ts'
import { weightExtensions } from '../../../shared/weightFiles.ts'
import { exists } from '../files.ts'
import { isPhotoName, photoExtensions } from '../../../shared/photoFiles.ts'
import { findPhotos, listFolder } from '../datasets/walk.ts'
import { readError } from '../photos/read.ts'
import { readSelection, writeSelection } from '../store/selections.ts'
import type { Library, LibraryHandlers } from './context.ts'

const endings: Record<FileKind, readonly string[]> = {
  folder: [],
  sources: sourceExtensions,
  photos: photoExtensions,
  weights: weightExtensions,
  labels: ['.json', '.txt'],
}

const isOfKind = (name: string, kind: FileKind): boolean =>
  endings[kind].includes(path.extname(name).toLowerCase())

type Place = Listing['roots'][number]

/** Where to begin: the person's own folder, and every disk. */
async function rootPlaces(): Promise<Place[]> {
  const home = os.homedir()
  const places: Place[] = [{ name: path.basename(home) || home, path: home }]
  if (process.platform === 'win32') {
    const letters = Array.from({ length: 26 }, (_, i) => `${String.fromCharCode(65 + i)}:\\`)
    const there = await Promise.all(letters.map(exists))
    return [...places, ...letters.filter((_, i) => there[i]).map((disk) => ({ name: disk, path: disk }))]
  }
  const mounts = process.platform === 'darwin' ? '/Volumes' : '/media'
  const disks = await readdir(mounts).catch(() => [])
  return [
    ...places,
    ...disks.map((name) => ({ name, path: path.join(mounts, name) })),
    { name: '/', path: '/' },
  ]
}

async function browse(asked: string | null, kind: FileKind): Promise<Listing> {
  const folder = path.resolve(os.homedir(), asked ?? '')
  const { folders, files } = await listFolder(folder).catch((error: unknown) => {
    const reason = readError(error, folder)
    throw reason instanceof ThawError && reason.code === 'photo.missing'
      ? new ThawError('dataset.missing', { folder })
      : reason
  })
  const parent = path.dirname(folder)
  const sized = files
    .filter((name) => isOfKind(name, kind))
    .map(async (name) => {
      const file = path.join(folder, name)
      return { name, path: file, bytes: (await stat(file).catch(() => undefined))?.size ?? 0 }
    })
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    roots: await rootPlaces(),
    folders: folders.map((name) => ({ name, path: path.join(folder, name) })),
    files: await Promise.all(sized),
    photos: files.filter((name) => isPhotoName(name)).length,
  }
}

/** A folder's photos, those in it and below it; a file stands for itself, whatever its name. */
async function photosAt(place: string, signal: AbortSignal): Promise<string[]> {
  const root = path.resolve(place)
  const found = await stat(root).catch((error: unknown) => {
    throw readError(error, root)
  })
  if (!found.isDirectory()) return [root]
  const { photos } = await findPhotos(root, '', { signal })
  return photos.map((photo) => path.join(root, photo))
}

export function fileHandlers(
  library: Library,
): Pick<LibraryHandlers, 'files.browse' | 'selections.make' | 'selections.photos'> {
  const { paths, pictures } = library

  const part = (selection: string, paths: readonly string[], offset: number, limit: number) => ({
    selection,
    total: paths.length,
    photos: paths.slice(offset, offset + limit).map((file, i) => ({
      index: offset + i,
      path: file,
      name: path.basename(file),
      picture: pictures.idOfSelected(selection, offset + i),
    })),
  })

  return {
    'files.browse': ({ path: asked, kind }) => browse(asked, kind),
    'selections.make': async ({ paths: given, classification, limit, orNone }, { signal }) => {
      const photos: string[] = []
      if (classification !== undefined)
        photos.push(...(await library.classifications.of(classification).photos()))
      for (const one of given) photos.push(...(await photosAt(one, signal)))
      const chosen = [...new Set(photos)]
      if (chosen.length === 0 && !orNone)
        throw new ThawError('dataset.no-photos', {
          folder: given[0] ?? '',
          extensions: photoExtensions.join(' '),
        })
      return part(await writeSelection(paths.selections, chosen), chosen, 0, limit)
    },
    'selections.photos': async ({ selection, offset, limit }) =>
      part(selection, await readSelection(paths.selections, selection), offset, limit),
  }
}
