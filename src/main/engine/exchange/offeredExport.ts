import { createReadStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Exported, ExportFormat } from '../../../shared/api/exchange.ts'
import { ThawError } from '../../../shared/errors.ts'
import { sha256Of } from '../checksum.ts'
import { plainName } from '../fileName.ts'
import { exists, makeFolder, pathFrom, writeAtomic } from '../files.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { runFolderOf } from '../store/runFolder.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import type { ZipEntry } from '../zipWriter.ts'
import { zipArchive } from '../zipWriter.ts'
import { certificateOf } from './certificate.ts'
import { answersToCome, checkExport, exportRun } from './exportRun.ts'

export interface OfferedExportRequest {
  home: string
  /** Where files on offer lie, see dataPaths. */
  exports: string
  run: string
  format: ExportFormat
  withPreparation: boolean
}

interface Control {
  signal: AbortSignal
  onProgress: (progress: { done: number; total: number }) => void
  /** Lets other work go first, between photos. */
  passTurn: () => Promise<void>
}

/** What is one file is offered as it is; a page, and a program with its weights, as an archive of a folder. */
const endings: Record<ExportFormat, string> = {
  safetensors: '.safetensors',
  pth: '.pth',
  onnx: '.onnx',
  tfjs: '',
  pytorch: '.py',
}
/** Tells apart what otherwise had one name. */
const suffixOf = (format: ExportFormat, withPreparation: boolean): string =>
  withPreparation ? ' photos' : format === 'tfjs' ? ' web' : format === 'pytorch' ? ' Python' : ''
const isFolder = (format: ExportFormat): boolean => format === 'tfjs' || format === 'pytorch'

/** Every file in and below a folder, named from the folder itself on. */
async function* filesIn(folder: string): AsyncGenerator<ZipEntry> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    const name = pathFrom(path.dirname(folder), file)
    yield { name, chunks: () => createReadStream(file, { highWaterMark: 2 ** 20 }) }
  }
}

/**
 * Writes a run's best weights for other programs and checks them, as a file on offer that lies there whole or not at all.
 * @throws ThawError run.*, weights.*, export.no-module, backend.none, cancelled, disk.full
 */
export async function offeredExport(
  { home, exports, run, format, withPreparation }: OfferedExportRequest,
  { signal, onProgress, passTurn }: Control,
): Promise<Exported> {
  const runFolder = await runFolderOf(home, run)
  const record = await readRecordHere(home, runFolder)
  const weights = await bestWeightsOf(runFolder)
  if (!(await exists(weights))) throw new ThawError('weights.missing', { file: weights })

  const download = `${record.id}-${format}${withPreparation ? '-photos' : ''}`
  const making = path.join(exports, `${download}.making`)
  const plain = plainName(`${record.name}${suffixOf(format, withPreparation)}`)
  await rm(making, { recursive: true, force: true })
  try {
    const folder = path.join(making, isFolder(format) ? plain : '')
    await makeFolder(folder)
    const to = path.join(folder, format === 'tfjs' ? '' : `${plain}${endings[format]}`)
    let done = 0
    const total = await answersToCome({ record, format, withPreparation })
    const onAnswer = () => {
      onProgress({ done: (done += 1), total })
      return passTurn()
    }
    const wanted = { record, weights, to, format, withPreparation, signal, onAnswer }
    await exportRun(wanted)
    const check = await checkExport(wanted)
    const made = isFolder(format) ? path.join(making, `${plain}.zip`) : to
    if (isFolder(format)) await writeAtomic(made, zipArchive(filesIn(folder)))

    const target = path.join(exports, download)
    await rm(target, { recursive: true, force: true })
    await makeFolder(target)
    const name = path.basename(made)
    if (await exists(certificateOf(made)))
      await rename(certificateOf(made), certificateOf(path.join(target, name)))
    await rename(made, path.join(target, name))
    const file = path.join(target, name)
    const { size: bytes } = await stat(file)
    const sha256 = await sha256Of(file)
    return { run: record.id, format, withPreparation, download, name, bytes, sha256, check }
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}
