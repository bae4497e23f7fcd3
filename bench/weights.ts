import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { writeFormulaWeights } from '../src/main/engine/weights/formula.ts'

const run = promisify(execFile)
const thaw = path.join(import.meta.dirname, '..', 'scripts', 'thaw.ts')

/** Weights that both sides load, written once. */
export async function formulaWeights(network: string, file: string): Promise<void> {
  if (!existsSync(file)) await writeFormulaWeights(network, file)
}

/** EfficientNet-Lite0 with a head for the photos' classes, untrained, as ONNX that takes prepared tensors; written once. */
export async function onnxOf(weights: string, photos: string, file: string): Promise<void> {
  if (existsSync(file)) return
  const folder = `${file}.run`
  await rm(folder, { recursive: true, force: true })
  const untrained = ['train', photos, '--weights', weights, '--epochs', '0', '--out', folder]
  await run(process.execPath, [thaw, ...untrained])
  await run(process.execPath, [thaw, 'export', '--run', folder, '--format', 'onnx', '--out', file])
}
