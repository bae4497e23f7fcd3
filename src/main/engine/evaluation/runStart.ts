import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { sha256Of } from '../checksum.ts'
import { exists } from '../files.ts'
import { publishedWeights } from '../model/open.ts'
import type { OpenOptions } from '../model/open.ts'

/** Where the file that a run began with may lie: where it was, or where this machine has the same published weights. */
function weightFilesOf({ network, weights }: RunRecord): string[] {
  try {
    return [weights.file, publishedWeights(network)]
  } catch {
    return [weights.file]
  }
}

/**
 * How to open the network as it was before the run learnt anything: its file by the checksum, with the same new head.
 * @throws ThawError weights.missing, run.other-weights
 */
export async function startOf(record: RunRecord): Promise<OpenOptions> {
  const { weights, config, classes, name, network } = record
  for (const file of new Set(weightFilesOf(record).map((it) => path.resolve(it))))
    if ((await exists(file)) && (await sha256Of(file)) === weights.sha256)
      return {
        ...{ backbone: network, file },
        ...(weights.headReplaced && { newHead: { classes: classes.length, seed: config.seed } }),
      }
  if (await exists(weights.file)) throw new ThawError('run.other-weights', { run: name, file: weights.file })
  throw new ThawError('weights.missing', { file: weights.file })
}
