import { createHash } from 'node:crypto'
import type { Provenance } from '../../../shared/carried.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { sha256Of } from '../checksum.ts'

/**
 * Where a run's weights come from, for the file that is handed on: which run, what its photos were by content of the list, which weights it
 * started from, and the SHA-256 of its own weight file.
 */
export async function provenanceOf(record: RunRecord, weights: string): Promise<Provenance> {
  const photos = record.dataset.photos.map(({ hash, path, class: label, split }) => ({
    photo: hash ?? path,
    label,
    split,
  }))
  const { sha256, headReplaced } = record.weights
  return {
    run: record.id,
    name: record.name,
    created: record.created,
    weights: await sha256Of(weights),
    photos: {
      count: photos.length,
      sha256: createHash('sha256').update(JSON.stringify(photos)).digest('hex'),
    },
    start: { network: record.network, sha256, headReplaced },
  }
}
