import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { placeOfDataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { exists, writeAtomic } from '../files.ts'
import { certificateOf, isCertificate } from '../exchange/certificate.ts'
import type { Library, LibraryHandlers } from './context.ts'

type ExportCall = 'downloads.file' | 'downloads.save' | 'places.find'

/** Bytes that are copied at a time. */
const chunk = 2 ** 20

const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
}

export function exportHandlers(library: Library): Pick<LibraryHandlers, ExportCall> {
  const { paths, runs, datasets, pictures } = library

  const offered = async (download: string): Promise<string> => {
    const folder = path.join(paths.exports, download)
    const names = await readdir(folder).catch(() => [])
    const name = names.find((it) => !isCertificate(it))
    if (name === undefined) throw new ThawError('not-found', { what: 'this-download' })
    return path.join(folder, name)
  }

  return {
    'downloads.file': async ({ download }) => {
      const file = await offered(download)
      const type = types[path.extname(file)] ?? 'application/octet-stream'
      return { file, type, name: path.basename(file) }
    },

    'downloads.save': async ({ download, file }) => {
      const from = await offered(download)
      const copy = (source: string, target: string) =>
        writeAtomic(target, createReadStream(source, { highWaterMark: chunk }))
      await copy(from, path.resolve(file))
      // What was measured of a file stays beside it.
      if (await exists(certificateOf(from)))
        await copy(certificateOf(from), certificateOf(path.resolve(file)))
      return {}
    },

    'places.find': async (what) => {
      if ('run' in what) return { path: await runs.folder(what.run) }
      if ('dataset' in what) return { path: placeOfDataset((await datasets.get(what.dataset)).dataset) }
      return { path: await pictures.photoFile(what.picture) }
    },
  }
}
