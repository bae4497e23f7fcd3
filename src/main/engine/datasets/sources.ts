import { createHash } from 'node:crypto'
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ScannedDataset } from '../../../shared/dataset.ts'
import { exists, makeFolder } from '../files.ts'
import type { DataPaths } from '../store/paths.ts'
import { unzip } from '../unzip.ts'
import { scanList } from './list.ts'
import type { ScanOptions } from './scan.ts'
import { scanFolder } from './scan.ts'
import { listFolder } from './walk.ts'

const lists = new Set(['.csv', '.tsv', '.json'])

/** An archive that was packed with the folder itself has one folder at its top, and what is meant is in it. */
async function within(folder: string): Promise<string> {
  const { folders, files } = await listFolder(folder)
  const [only] = folders
  if (folders.length !== 1 || files.length > 0 || only === undefined) return folder
  const inner = path.join(folder, only)
  return (await listFolder(inner)).folders.length > 0 ? inner : folder
}

/** Unpacks an archive into the data folder, unless it is there: a changed archive is another one. */
async function unpacked(archive: string, samples: string, signal: AbortSignal | undefined): Promise<string> {
  const { size, mtimeMs } = await stat(archive)
  const key = createHash('sha256').update(`${archive}\0${size}\0${mtimeMs}`).digest('hex').slice(0, 12)
  const folder = path.join(samples, `${path.basename(archive, path.extname(archive))}-${key}`)
  if (!(await exists(folder))) {
    const unfinished = path.join(samples, `.unfinished-${key}`)
    await makeFolder(samples)
    await rm(unfinished, { recursive: true, force: true })
    await makeFolder(unfinished)
    try {
      await unzip(archive, unfinished, signal ?? new AbortController().signal)
      await rename(unfinished, folder)
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
  }
  return within(folder)
}

/**
 * Reads photos from wherever they come: a folder, a list of them (CSV, TSV, JSON) or a zip archive.
 * @throws ThawError as `scanFolder` and `scanList`; `archive.damaged`
 */
export async function scanSource(
  place: string,
  { samples }: Pick<DataPaths, 'samples'>,
  options: ScanOptions,
): Promise<ScannedDataset> {
  const source = path.resolve(place)
  const extension = path.extname(source).toLowerCase()
  const isFile = await stat(source).then(
    (it) => it.isFile(),
    () => false,
  )
  if (isFile && lists.has(extension)) return scanList(source, options)
  if (isFile && extension === '.zip')
    return { ...(await scanFolder(await unpacked(source, samples, options.signal), options)), source }
  return scanFolder(source, options)
}
