import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { JobGiven } from '../../../shared/api/jobs.ts'
import type { Classified } from '../../../shared/api/classify.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { TableRow } from '../classify/table.ts'
import { answersAsCsv } from '../classify/table.ts'
import { exists, makeFolder, writeAtomic } from '../files.ts'
import type { WorkContext } from '../jobs/works.ts'
import { readResult } from '../store/results.ts'
import { exportWeights } from '../weights/export.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import { savedWeights } from '../training/saveNetwork.ts'
import type { Library, LibraryHandlers } from './context.ts'

type ExportCall =
  'runs.export' | 'classify.export' | 'classify.answers' | 'downloads.file' | 'downloads.save' | 'places.find'

/** Bytes that are copied at a time. */
const chunk = 2 ** 20

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

/** Makes a file in our own folder; it is offered for a download, or for saving where the person says. */
async function offer(
  { paths }: Library,
  download: string,
  name: string,
  write: (target: string) => Promise<void>,
) {
  const target = path.join(paths.exports, download, name)
  await makeFolder(path.dirname(target))
  await write(target)
  return { download, bytes: (await stat(target)).size }
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
  return offer(library, `${run}-${which}-${format}`, name, (target) => exportWeights(weights, target, format))
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

    'classify.answers': async ({ result, from, limit }) => {
      const { photos } = await readResult(paths.results, result)
      const answers = photos.slice(from, from + limit)
      const next = from + answers.length
      return { answers, next, done: next >= photos.length }
    },

    'classify.export': async ({ result }) => {
      const { photos } = await readResult(paths.results, result)
      return offer(library, `${result}-csv`, 'classified.csv', (target) =>
        writeAtomic(target, [answersAsCsv(photos.map(asRow), { bom: true })]),
      )
    },

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
