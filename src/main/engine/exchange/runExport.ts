import type { RunRecord } from '../../../shared/run.ts'

export const exportFormats = ['safetensors', 'pth', 'onnx', 'tfjs', 'pytorch'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface RunExport {
  record: RunRecord
  /** The run's weights. */
  weights: string
  to: string
  format: ExportFormat
  /** ONNX only: takes RGB bytes and prepares them itself. */
  withPreparation?: boolean
  signal?: AbortSignal | undefined
}
