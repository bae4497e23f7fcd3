import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { JobGiven } from '../../../shared/api/jobs.ts'
import { ThawError } from '../../../shared/errors.ts'
import { exists, writeAtomic } from '../files.ts'
import type { WorkContext } from '../jobs/works.ts'
import { exportRun as writeExport } from '../exchange/exportRun.ts'
import { readRecord } from '../store/runFolder.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import { savedWeights } from '../training/saveNetwork.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { fileName, offer } from './offers.ts'

type ExportCall = 'runs.export' | 'downloads.file' | 'downloads.save' | 'places.find'

/** Bytes that are copied at a time. */
const chunk = 2 ** 20

const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
}

/** A run's weights as a file on offer. @throws ThawError run.missing, weights.missing, disk.full */
export async function exportRun(
  library: Library,
  { run, format, which }: JobGiven<'export'>,
  { onProgress }: Pick<WorkContext, 'onProgress'>,
) {
  const summary = await library.runs.get(run)
  onProgress({ subject: summary.name, detail: { format } })
  const weights = which === 'best' ? await bestWeightsOf(summary.folder) : savedWeights(summary.folder, which)
  if (!(await exists(weights))) throw new ThawError('weights.missing', { file: weights })
  const name = fileName(`${summary.name}-${which}`, format)
  const record = await readRecord(summary.folder)
  return offer(library, `${run}-${which}-${format}`, name, (to) =>
    writeExport({ record, weights, to, format }),
  )
}

export function exportHandlers(library: Library): Pick<LibraryHandlers, ExportCall> {
  const { paths, runs, datasets, pictures } = library

  const offered = async (download: string): Promise<string> => {
    const folder = path.join(paths.exports, download)
    const [name] = await readdir(folder).catch(() => [])
    if (name === undefined) throw new ThawError('not-found', { what: 'this-download' })
    return path.join(folder, name)
  }

  return {
    'runs.export': (input) => exportRun(library, input, { onProgress: () => undefined }),

    'downloads.file': async ({ download }) => {
      const file = await offered(download)
      const type = types[path.extname(file)] ?? 'application/octet-stream'
      return { file, type, name: path.basename(file) }
    },

    'downloads.save': async ({ download, file }) => {
      await writeAtomic(
        path.resolve(file),
        createReadStream(await offered(download), { highWaterMark: chunk }),
      )
      return {}
    },

    'places.find': async (what) => {
      if ('run' in what) return { path: await runs.folder(what.run) }
      if ('dataset' in what) return { path: (await datasets.get(what.dataset)).dataset.folder }
      return { path: await pictures.photoFile(what.picture) }
    },
  }
}
