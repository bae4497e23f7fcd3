import type { FileFit } from '../../../shared/api/models.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { sha256Of } from '../checksum.ts'
import type { Found, TensorInfo, WeightFile } from './codec.ts'
import { openWeights } from './index.ts'
import { notFinite } from './load.ts'
import { nearestNetwork } from './nearest.ts'

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
    }
  | { file: string; error: PlainError }

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
    const warnings = [
      ...(broken.length > 0
        ? [new ThawError('weights.not-finite', { file, tensors: broken.join(', ') })]
        : []),
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
      fit: nearestNetwork(weights),
    }
  } catch (error) {
    return { file, error: plainError(error) }
  } finally {
    await weights?.close()
  }
}
