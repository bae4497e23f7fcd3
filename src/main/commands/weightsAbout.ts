import { carriedBy } from '../../shared/carried.ts'
import { sha256Of } from '../engine/checksum.ts'
import { openWeights } from '../engine/weights/index.ts'
import { shortened } from '../engine/weights/load.ts'
import { nearestNetwork } from '../engine/weights/nearest.ts'
import { readingNotes } from '../engine/weights/notes.ts'
import { told, words } from './words.ts'

/** Where a file says its weights come from, for people. Nothing of a file that says nothing. */
export function provenanceTexts(metadata: Readonly<Record<string, string>>): string[] {
  const { classes, provenance, calibration } = carriedBy(metadata)
  return [
    ...(classes ? [words('classesOf', { classes: shortened(classes) })] : []),
    ...(provenance
      ? [
          words('fromRun', { name: provenance.name, created: provenance.created, run: provenance.run }),
          words('fromPhotos', { count: provenance.photos.count, sha256: provenance.photos.sha256 }),
          words('fromStart', { network: provenance.start.network, sha256: provenance.start.sha256 }),
        ]
      : []),
    ...(calibration ? [words('calibrated', { count: calibration.targets.length })] : []),
  ]
}

/** A weight file's checksum, where it says it comes from, and what of it is read. @throws ThawError weights.* */
export async function aboutWeights(file: string, network?: string): Promise<string[]> {
  const weights = await openWeights(file)
  await weights.close()
  const readAs = network ?? nearestNetwork(weights)?.network
  const notes = readAs === undefined ? [] : readingNotes(weights, readAs)
  return [`SHA-256 ${await sha256Of(file)}`, ...provenanceTexts(weights.metadata), ...notes.map(told)]
}
