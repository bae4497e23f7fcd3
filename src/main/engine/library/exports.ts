import { createReadStream } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { stringify } from 'csv-stringify/sync'
import type { Classified } from '../../../shared/api/classify.ts'
import { ThawError } from '../../../shared/errors.ts'
import { writeAtomic } from '../files.ts'
import { readResult } from '../store/results.ts'
import { openWeights } from '../weights/index.ts'
import { writePth } from '../weights/pth-writer.ts'
import type { Library, LibraryHandlers } from './context.ts'

type ExportCall = 'runs.export' | 'classify.export' | 'downloads.file'

const types: Readonly<Record<string, string>> = { '.csv': 'text/csv; charset=utf-8' }

/** A run's weights are safetensors already; PyTorch's own form is made from them tensor by tensor. */
async function writeWeights(from: string, to: string, format: 'safetensors' | 'pth'): Promise<void> {
  if (format === 'safetensors') {
    await writeAtomic(to, createReadStream(from) as AsyncIterable<Uint8Array>)
    return
  }
  const weights = await openWeights(from)
  try {
    const tensors = weights.tensors.map(({ name, shape, dtype }) => ({
      name,
      shape,
      dtype: dtype === 'int64' ? ('int64' as const) : ('float32' as const),
      values: () => weights.read(name),
    }))
    await writePth(to, tensors)
  } finally {
    await weights.close()
  }
}

/** A row a photo: the path, then class and probability, the best first, then what went wrong. */
function asCsv(photos: readonly Classified[]): string {
  const most = Math.max(0, ...photos.map(({ top }) => top.length))
  const ranks = Array.from({ length: most }, (_, i) => i)
  const header = ['photo', ...ranks.flatMap((i) => [`class ${i + 1}`, `probability ${i + 1}`]), 'error']
  const rows = photos.map(({ path: photo, top, error }) => [
    photo,
    ...ranks.flatMap((i) => [top[i]?.class ?? '', top[i]?.probability ?? '']),
    error?.message ?? '',
  ])
  // escape_formulas: a photo named “=…” must not become a formula in a spreadsheet.
  return stringify([header, ...rows], { escape_formulas: true, bom: true })
}

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
    if (file === undefined) await mkdir(path.dirname(target), { recursive: true })
    await write(target)
    return { file: target, bytes: (await stat(target)).size, download: file === undefined ? id : null }
  }

  return {
    'runs.export': async ({ run, format, which, file }) => {
      const summary = await runs.get(run)
      const weights = path.join(summary.folder, `${which}.safetensors`)
      if (!(await stat(weights).catch(() => undefined)))
        throw new ThawError('weights.missing', { file: weights })
      const name = fileName(`${summary.name}-${which}`, format)
      return deliver(file, `${run}-${which}-${format}`, name, (target) =>
        writeWeights(weights, target, format),
      )
    },

    'classify.export': async ({ result, file }) => {
      const { photos } = await readResult(places.results, result)
      return deliver(file, `${result}-csv`, 'classified.csv', (target) =>
        writeAtomic(target, [asCsv(photos)]),
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
