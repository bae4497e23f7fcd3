import type { FileFit } from '../../../shared/api/models.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { sha256Of } from '../checksum.ts'
import type { Found, TensorInfo, WeightFile } from './codec.ts'
import { openWeights } from './index.ts'
import { isCounter, isWhole, notFinite, shortened } from './load.ts'
import { elsewhere } from './names/elsewhere.ts'
import { namesHere, nearestNetwork } from './nearest.ts'
import { readingNotes } from './notes.ts'

/** What is in a weight file, or why it cannot be told. */
export type Inspection =
  | {
      file: string
      format: WeightFile['format']
      variant?: NonNullable<WeightFile['variant']>
      /** Of the whole file. */
      sha256: string
      tensors: readonly TensorInfo[]
      metadata: Readonly<Record<string, string>>
      /** Where in the file the tensors were found, if not at its top. */
      found: Found
      /** What loading it would trip over. */
      warnings: PlainError[]
      /** The network here that it comes nearest to; null if none. */
      fit: FileFit | null
      /** What that network calls them, by the names of those tensors in the file that it has a place for. */
      ours: ReadonlyMap<string, string>
    }
  | { file: string; error: PlainError }

/** Whose file it is, where it is near no network here. */
function foreignNote(weights: WeightFile): ThawError[] {
  const foreign = elsewhere(weights)
  return foreign ? [foreign] : []
}

/**
 * Looks into a weight file, and reads all its values once: so a file that `inspect` passes can be read to its end.
 * Never throws for a bad file.
 */
export async function inspectWeights(file: string): Promise<Inspection> {
  let weights: WeightFile | undefined
  try {
    weights = await openWeights(file)
    const { format, variant, tensors, metadata, found } = weights
    const broken = await notFinite(weights)
    const fit = nearestNetwork(weights)
    const ours = fit ? namesHere(weights, fit.network) : new Map<string, string>()
    const whole = tensors
      .filter(({ name, dtype }) => isWhole({ dtype }) && ours.has(name) && !isCounter(ours.get(name)!))
      .map(({ name }) => name)
    const warnings = [
      ...(broken.length > 0
        ? [new ThawError('weights.not-finite', { file, tensors: broken.join(', ') })]
        : []),
      ...(whole.length > 0
        ? [new ThawError('weights.whole-numbers', { file, tensors: shortened(whole) })]
        : []),
      ...(fit ? readingNotes(weights, fit.network) : foreignNote(weights)),
      ...(found.strays ? [new ThawError('weights.stray', { file, entries: found.strays.join(', ') })] : []),
    ].map(plainError)
    return {
      file,
      format,
      ...(variant && { variant }),
      sha256: await sha256Of(file),
      tensors,
      metadata,
      found,
      warnings,
      fit,
      ours,
    }
  } catch (error) {
    return { file, error: plainError(error) }
  } finally {
    await weights?.close()
  }
}
