import { stat } from 'node:fs/promises'
import path from 'node:path'
import { RunAnswers } from '../../../shared/api/evaluation.ts'
import type { Split } from '../../../shared/dataset.ts'
import { Split as Splits } from '../../../shared/dataset.ts'
import { readJson, writeJson } from './jsonFile.ts'

type Kept = Pick<RunAnswers, 'part' | 'classes' | 'photos'>
const KeptAnswers = RunAnswers.pick({ part: true, classes: true, photos: true })

/** What runs answered for the photos of their parts: a file a part, in the cache, so that the photo room can hold it against labels. */
export class KeptRunAnswers {
  private readonly folder: string
  private readonly inMemory = new Map<string, { modified: number; value: Kept | undefined }>()

  constructor(folder: string) {
    this.folder = folder
  }

  /** @throws ThawError disk.full, output.unwritable */
  async keep(run: string, { part, classes, photos }: RunAnswers): Promise<void> {
    await writeJson(this.fileOf(run, part), { part, classes, photos })
  }

  /** Of every part that was asked. */
  async of(run: string): Promise<Kept[]> {
    const read = await Promise.all(Splits.options.map((part) => this.read(this.fileOf(run, part))))
    return read.filter((it) => it !== undefined)
  }

  private fileOf(run: string, part: Split): string {
    return path.join(this.folder, `${run}.${part}.json`)
  }

  /** The same object as long as the file is the same. */
  private async read(file: string): Promise<Kept | undefined> {
    const modified = (await stat(file).catch(() => undefined))?.mtimeMs
    if (modified === undefined) return undefined
    const known = this.inMemory.get(file)
    if (known?.modified === modified) return known.value
    const value = await readJson(file, KeptAnswers)
    this.inMemory.set(file, { modified, value })
    return value
  }
}
