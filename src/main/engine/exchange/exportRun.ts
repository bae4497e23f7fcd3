import type { Parity } from '../classify/parity.ts'
import { comparedOnPhotos } from '../classify/parity.ts'
import { exportWeights } from '../weights/export.ts'
import { calibrationOfRun } from './calibration.ts'
import type { Certificate } from './certificate.ts'
import { certifyOnnx, exportOnnx } from './exportOnnx.ts'
import { certifyTfjs, exportTfjs, modelFile } from './exportTfjs.ts'
import { provenanceOf } from './provenance.ts'
import type { ExportFormat, RunExport } from './runExport.ts'
import { weightsBeside, writeStarter } from './starter.ts'

export { exportFormats } from './runExport.ts'
export type { ExportFormat, RunExport } from './runExport.ts'

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
  const calibration = await calibrationOfRun(record, weights, signal)
  await exportWeights(weights, to, 'safetensors', {
    provenance: JSON.stringify(provenance),
    ...(calibration && { calibration: JSON.stringify(calibration) }),
  })
}

/** How the exported file answers photos of its run beside the run itself, and what an independent program says. */
export interface ExportCheck {
  parity: Parity
  /** null where no other program was asked: the file was read again by Thaw. */
  certificate: Certificate | null
}

/** @throws ThawError weights.*, backend.none */
export async function checkExport(wanted: RunExport): Promise<ExportCheck> {
  const { format, withPreparation = false, ...rest } = wanted
  const { record, weights, to } = rest
  if (format !== 'onnx' && format !== 'tfjs') {
    const file = format === 'pytorch' ? weightsBeside(to) : to
    return { parity: await comparedOnPhotos(record, weights, file), certificate: null }
  }
  const certificate =
    format === 'tfjs' ? await certifyTfjs(wanted) : await certifyOnnx({ ...rest, withPreparation })
  const distance = certificate.photo ?? certificate.network
  return { parity: { photos: certificate.photos, ...distance }, certificate }
}

/** The file that stands for the export. */
export const exportedFile = (format: ExportFormat, to: string): string =>
  format === 'tfjs' ? modelFile(to) : to
