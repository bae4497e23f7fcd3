import { hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { KeptFinding } from '../../../shared/api/findings.ts'
import { FeaturesBy } from '../../../shared/api/features.ts'
import { Finding } from '../../../shared/findings.ts'
import { moveFile, readJson, writeJson } from './jsonFile.ts'

const Checked = z.strictObject({
  checked: z.string(),
  /** Files of before had none. */
  by: FeaturesBy.optional(),
  findings: z.array(Finding),
})
const Dismissed = z.strictObject({ dismissed: z.array(z.string()) })

/** By what it says and of which photos: their order, and figures that a further check may change, are no part of it. */
const idOf = ({ finding, photos }: Finding): string =>
  hash('sha256', JSON.stringify([finding, photos.toSorted()]), 'hex').slice(0, 16)

interface FoundNow {
  /** ISO 8601, UTC; null if never. */
  checked: string | null
  /** Whose features they follow from; null if unknown. */
  by: FeaturesBy | null
  findings: Omit<KeptFinding, 'pictures'>[]
}

/**
 * What checks found, and what of it was dismissed: two files a dataset, since the trainer writes one and the library the other.
 */
export class Findings {
  private readonly folder: string
  private readonly inMemory = new Map<string, { state: string; found: FoundNow }>()

  constructor(folder: string) {
    this.folder = folder
  }

  private fileOf(dataset: string, kind: 'found' | 'dismissed'): string {
    return path.join(this.folder, `${dataset}.${kind}.json`)
  }

  /** @throws ThawError disk.full, output.unwritable */
  async keep(dataset: string, findings: readonly Finding[], by: FeaturesBy): Promise<void> {
    const checked = new Date().toISOString()
    await writeJson(this.fileOf(dataset, 'found'), { checked, by, findings })
  }

  private async dismissed(dataset: string): Promise<Set<string>> {
    const read = await readJson(this.fileOf(dataset, 'dismissed'), Dismissed)
    return new Set(read?.dismissed)
  }

  /** The same object as long as neither file has changed. */
  async of(dataset: string): Promise<FoundNow> {
    const files = [this.fileOf(dataset, 'found'), this.fileOf(dataset, 'dismissed')]
    const times = await Promise.all(files.map(async (file) => (await stat(file).catch(() => null))?.mtimeMs))
    const state = times.join(' ')
    const known = this.inMemory.get(dataset)
    if (known?.state === state) return known.found
    const found = await this.read(dataset)
    this.inMemory.set(dataset, { state, found })
    return found
  }

  private async read(dataset: string): Promise<FoundNow> {
    const [found, dismissed] = await Promise.all([
      readJson(this.fileOf(dataset, 'found'), Checked),
      this.dismissed(dataset),
    ])
    const findings = (found?.findings ?? []).map((finding) => {
      const id = idOf(finding)
      return { ...finding, id, dismissed: dismissed.has(id) }
    })
    return { checked: found?.checked ?? null, by: found?.by ?? null, findings }
  }

  /** A dataset that was moved has another id: what was found and dismissed goes along. */
  async move(from: string, to: string): Promise<void> {
    for (const kind of ['found', 'dismissed'] as const)
      await moveFile(this.fileOf(from, kind), this.fileOf(to, kind))
  }

  /** @throws ThawError disk.full, output.unwritable */
  async dismiss(dataset: string, ids: readonly string[], isDismissed: boolean): Promise<void> {
    const dismissed = await this.dismissed(dataset)
    for (const id of ids)
      if (isDismissed) dismissed.add(id)
      else dismissed.delete(id)
    await writeJson(this.fileOf(dataset, 'dismissed'), { dismissed: [...dismissed].sort() })
  }
}
