import type { ExportCheck, ExportFormat } from '../../../shared/api/exchange.ts'
import { comparedOnPhotos, photosToCompare } from '../classify/parity.ts'
import { exportWeights } from '../weights/export.ts'
import { calibrationOfRun } from './calibration.ts'
import { certifyOnnx, exportOnnx } from './exportOnnx.ts'
import { certifyTfjs, exportTfjs, modelFile, mostByTfjs } from './exportTfjs.ts'
import { provenanceOf } from './provenance.ts'
import type { RunExport } from './runExport.ts'
import { weightsBeside, writeStarter } from './starter.ts'

/**
 * Writes a run's network for other programs. `pytorch` writes a Python program, and the .pth that it reads beside it.
 * @throws ThawError weights.*, export.no-module, disk.full, output.unwritable
 */
export async function exportRun(wanted: RunExport): Promise<void> {
  const { format, withPreparation = false, ...rest } = wanted
  const { record, weights, to } = rest
  if (format === 'tfjs') return exportTfjs(wanted)
  if (format === 'onnx') return exportOnnx({ ...rest, withPreparation })
  if (format === 'safetensors') return handOn(wanted)
  if (format === 'pth') return exportWeights(weights, to, format)
  await writeStarter(to, record)
  await exportWeights(weights, weightsBeside(to), 'pth')
}

/** One file that another Thaw needs nothing beside: the run's own, where it comes from, and how sure its answers are. */
async function handOn({ record, weights, to, signal }: RunExport): Promise<void> {
  const provenance = await provenanceOf(record, weights)
  const ofPhotos = await calibrationOfRun(record, weights, signal)
  await exportWeights(weights, to, 'safetensors', {
    provenance: JSON.stringify(provenance),
    ...(ofPhotos && { calibration: JSON.stringify(ofPhotos.calibration) }),
    ...(ofPhotos?.references && { references: JSON.stringify(ofPhotos.references) }),
  })
}

/** Asks the exported file about photos of its run. @throws ThawError weights.*, backend.none, cancelled */
export async function checkExport(wanted: RunExport): Promise<ExportCheck> {
  const { format, withPreparation = false, ...rest } = wanted
  const { record, weights, to } = rest
  if (format !== 'onnx' && format !== 'tfjs') {
    const file = format === 'pytorch' ? weightsBeside(to) : to
    return { parity: await comparedOnPhotos(record, weights, file, rest), certificate: null }
  }
  const certificate =
    format === 'tfjs' ? await certifyTfjs(wanted) : await certifyOnnx({ ...rest, withPreparation })
  const distance = certificate.photo ?? certificate.network
  return { parity: { photos: certificate.photos, ...distance }, certificate }
}

/** How many answers a check takes: ours, theirs from pixels and from files, and with the preparation inside the file once more. */
export async function answersToCome({
  record,
  format,
  withPreparation = false,
}: Pick<RunExport, 'record' | 'format' | 'withPreparation'>): Promise<number> {
  const { length } = await photosToCompare(record)
  if (format === 'tfjs') return Math.min(length, mostByTfjs)
  return length * (format === 'onnx' ? (withPreparation ? 4 : 3) : 2)
}

/** The file that stands for the export. */
export const exportedFile = (format: ExportFormat, to: string): string =>
  format === 'tfjs' ? modelFile(to) : to
