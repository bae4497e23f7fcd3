import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { exists, makeFolder } from '../files.ts'
import type { KnownDownload } from '../weights/catalogue.ts'
import type { DownloadOptions } from '../weights/download.ts'
import { download } from '../weights/download.ts'
import { unzip } from '../unzip.ts'

/** The ants and bees of PyTorch's tutorial on transfer learning, which the recipe trains on. */
export const recipePhotos: KnownDownload = {
  url: 'https://download.pytorch.org/tutorial/hymenoptera_data.zip',
  file: 'hymenoptera_data.zip',
  bytes: 47_286_322,
  sha256: 'fbc41b31d544714d18dd1230b1e2b455e1557766e13e67f9f5a7a23af7c02209',
}
const recipeFolder = 'hymenoptera_data'

/**
 * Fetches the recipe's photos into a folder of samples, unless they are there.
 * @returns the folder of the set
 * @throws ThawError `cancelled`, `download.failed`, `weights.checksum`, `archive.damaged`, `disk.full`, `output.unwritable`
 */
export async function fetchRecipePhotos(samples: string, options: DownloadOptions): Promise<string> {
  const folder = path.join(samples, recipeFolder)
  if (await exists(folder)) return folder
  await makeFolder(samples)
  const archive = path.join(samples, recipePhotos.file)
  await download({ ...recipePhotos, file: archive }, options)
  // The archive's own top folder is called as ours is; it appears under its name only once all of it is there.
  const unfinished = path.join(samples, '.unfinished')
  await rm(unfinished, { recursive: true, force: true })
  await unzip(archive, unfinished, options.signal ?? new AbortController().signal)
  await rename(path.join(unfinished, recipeFolder), folder)
  await rm(unfinished, { recursive: true, force: true })
  await rm(archive, { force: true })
  return folder
}
