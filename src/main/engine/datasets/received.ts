import { constants, copyFile } from 'node:fs/promises'
import path from 'node:path'
import type { ScannedDataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { makeFolder, systemCode, writeError } from '../files.ts'
import { numbered, safeName } from '../filing/names.ts'
import { readPhotoFile } from '../photos/read.ts'
import { requireFolder } from './candidates.ts'

/** Where photos of a class lie: the folder of one that is there, else one of its name beside the others. */
function folderOf({ folder, layout, classes, photos }: ScannedDataset, name: string): string {
  const index = classes.indexOf(name)
  const isOwn = (file: string) => !file.startsWith('../') && !path.isAbsolute(file)
  const known = photos.find((photo) => photo.class === index && photo.split === 'train' && isOwn(photo.path))
  if (index >= 0 && known) {
    const depth = layout === 'split-folders' ? 2 : 1
    return path.join(folder, ...known.path.split('/').slice(0, -1).slice(0, depth))
  }
  return layout === 'split-folders'
    ? path.join(folder, 'train', safeName(name))
    : path.join(folder, safeName(name))
}

/**
 * Copies a photo that came from elsewhere – a camera – into the folder of a class of the training part, under its own name, numbered
 * where that is taken. Nothing is written over.
 * @returns where it is
 * @throws ThawError filing.listed where a list or an archive says which photos there are; dataset.missing, photo.*, output.unwritable
 */
export async function receivePhoto(scan: ScannedDataset, photo: string, name: string): Promise<string> {
  if (scan.layout === 'list' || scan.source !== undefined) throw new ThawError('filing.listed')
  await requireFolder(scan.folder)
  await readPhotoFile(photo)
  const folder = folderOf(scan, name)
  await makeFolder(folder).catch((error: unknown) => {
    throw writeError(error, folder)
  })
  const own = safeName(path.basename(photo))
  for (let number = 1; ; number += 1) {
    const file = path.join(folder, number === 1 ? own : numbered(own, number))
    try {
      await copyFile(photo, file, constants.COPYFILE_EXCL)
      return file
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw writeError(error, file)
    }
  }
}
