import { existsSync } from 'node:fs'
import { writeFormulaWeights } from '../src/main/engine/weights/formula.ts'

/** Weights that both sides load, written once. */
export async function formulaWeights(network: string, file: string): Promise<void> {
  if (!existsSync(file)) await writeFormulaWeights(network, file)
}
