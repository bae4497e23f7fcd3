import type { ExportFormat } from '../../../shared/api/exchange.ts'
import type { RunRecord } from '../../../shared/run.ts'
import type { AskControl } from '../classify/parity.ts'

export interface RunExport extends AskControl {
  record: RunRecord
  /** The run's weights. */
  weights: string
  to: string
  format: ExportFormat
  /** ONNX only: takes RGB bytes and prepares them itself. */
  withPreparation?: boolean
}
