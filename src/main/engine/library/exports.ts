import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Classified } from '../../../shared/api/classify.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { TableRow } from '../classify/table.ts'
import { answersAsCsv } from '../classify/table.ts'
import { makeFolder, writeAtomic } from '../files.ts'
import { readResult } from '../store/results.ts'
import { exportWeights } from '../weights/export.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import { savedWeights } from '../training/saveNetwork.ts'
import type { Library, LibraryHandlers } from './context.ts'

type ExportCall = 'runs.export' | 'classify.export' | 'downloads.file'

const types: Readonly<Record<string, string>> = { '.csv': 'text/csv; charset=utf-8' }

const asRow = ({ path: photo, top, error }: Classified): TableRow => ({ photo, top, error: error?.message })

/** A file name from a run's name: without what file systems and headers dislike. */
const fileName = (name: string, extension: string): string =>
  `${
    name
      .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')
      .trim()
      .slice(0, 80) || 'thaw'
  }.${extension}`

export function exportHandlers({ places, runs }: Library): Pick<LibraryHandlers, ExportCall> {
  /** Writes to the person's place, or into the cache for a download. */
  const deliver = async (
    file: string | undefined,
    id: string,
    name: string,
    write: (target: string) => Promise<void>,
  ) => {
    const target = file === undefined ? path.join(places.exports, id, name) : path.resolve(file)
    if (file === undefined) await makeFolder(path.dirname(target))
    await write(target)
    return { file: target, bytes: (await stat(target)).size, download: file === undefined ? id : null }
  }

  return {
    'runs.export': async ({ run, format, which, file }) => {
      const summary = await runs.get(run)
      const weights =
        which === 'best' ? await bestWeightsOf(summary.folder) : savedWeights(summary.folder, which)
      if (!(await stat(weights).catch(() => undefined)))
        throw new ThawError('weights.missing', { file: weights })
      const name = fileName(`${summary.name}-${which}`, format)
      return deliver(file, `${run}-${which}-${format}`, name, (target) =>
        exportWeights(weights, target, format),
      )
    },

    'classify.export': async ({ result, file }) => {
      const { photos } = await readResult(places.results, result)
      return deliver(file, `${result}-csv`, 'classified.csv', (target) =>
        writeAtomic(target, [answersAsCsv(photos.map(asRow), { bom: true })]),
      )
    },

    'downloads.file': async ({ download }) => {
      const folder = path.join(places.exports, download)
      const [name] = await readdir(folder).catch(() => [])
      if (name === undefined) throw new ThawError('not-found', { what: 'This download' })
      const type = types[path.extname(name)] ?? 'application/octet-stream'
      return { file: path.join(folder, name), type, name }
    },
  }
}
