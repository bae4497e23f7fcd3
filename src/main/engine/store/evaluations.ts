import path from 'node:path'
import { stat } from 'node:fs/promises'
import type { EvaluateInput } from '../../../shared/api/evaluation.ts'
import { KeptEvaluation } from '../../../shared/api/evaluation.ts'
import { Split } from '../../../shared/dataset.ts'
import { readJson, writeJson } from './jsonFile.ts'

/** Evaluations that stay in memory. */
const mostInMemory = 6

/** What runs answered photo by photo: a file an evaluation. They can be computed again, so they lie in the cache. */
export class Evaluations {
  private readonly folder: string
  /** Those that were read last: their pages are asked for one after the other. */
  private readonly inMemory = new Map<string, { modified: number; value: KeptEvaluation | undefined }>()

  constructor(folder: string) {
    this.folder = folder
  }

  private fileOf({ run, part, dataset }: EvaluateInput): string {
    return path.join(this.folder, run, `${part}${dataset === undefined ? '' : `.${dataset}`}.json`)
  }

  /** @throws ThawError disk.full, output.unwritable */
  async keep(of: EvaluateInput, evaluation: KeptEvaluation): Promise<void> {
    await writeJson(this.fileOf(of), evaluation)
  }

  /** @param epoch the run's best one now: what an earlier one answered counts no more */
  async read(of: EvaluateInput, epoch: number): Promise<KeptEvaluation | undefined> {
    const kept = await this.readFile(this.fileOf(of))
    return kept?.epoch === epoch ? kept : undefined
  }

  /** Of every part of the run's own photos that was asked. */
  async of(run: string): Promise<KeptEvaluation[]> {
    const read = await Promise.all(Split.options.map((part) => this.readFile(this.fileOf({ run, part }))))
    return read.filter((it) => it !== undefined)
  }

  /** The same object as long as the file is the same. */
  private async readFile(file: string): Promise<KeptEvaluation | undefined> {
    const modified = (await stat(file).catch(() => undefined))?.mtimeMs
    if (modified === undefined) return undefined
    const known = this.inMemory.get(file)
    if (known?.modified === modified) return known.value
    const value = await readJson(file, KeptEvaluation)
    if (this.inMemory.size >= mostInMemory) this.inMemory.clear()
    this.inMemory.set(file, { modified, value })
    return value
  }
}
