import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import { tensorsOfNetwork } from '../../../shared/model/layers.ts'
import type { TensorMovement } from '../../../shared/model/melt.ts'
import { readNetwork } from '../model/open.ts'
import { readRecord } from '../store/runFolder.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import { startOf } from './runStart.ts'

/** Numbers between two turns of others: some milliseconds. */
const atOnce = 2 ** 22

/** Norms in float64 of the difference and of the start, [values] each. */
async function distance(
  start: Float32Array,
  learnt: Float32Array,
  signal: AbortSignal | undefined,
): Promise<{ moved: number; start: number }> {
  let [moved, size] = [0, 0]
  for (let from = 0; from < start.length; from += atOnce) {
    const to = Math.min(start.length, from + atOnce)
    for (let i = from; i < to; i += 1) {
      moved += (learnt[i]! - start[i]!) ** 2
      size += start[i]! ** 2
    }
    if (to === start.length) break
    await nextTurn()
    if (signal?.aborted) throw new ThawError('cancelled')
  }
  return { moved: Math.sqrt(moved), start: Math.sqrt(size) }
}

/**
 * How far each parameter of a run's best weights lies from where the run began, tensor by tensor: neither network is built.
 * @throws ThawError run.*, run.other-weights, weights.*, cancelled
 */
export async function movementOf(folder: string, signal?: AbortSignal): Promise<TensorMovement[]> {
  const record = await readRecord(folder)
  const start = await readNetwork(await startOf(record))
  try {
    const learnt = await readNetwork({ backbone: record.network, file: await bestWeightsOf(folder) })
    try {
      const found: TensorMovement[] = []
      for (const { name, role } of tensorsOfNetwork(learnt.network)) {
        if (role !== 'parameter') continue
        if (signal?.aborted) throw new ThawError('cancelled')
        const [before, after] = [await start.read(name), await learnt.read(name)]
        found.push({ name, ...(await distance(before!, after!, signal)) })
      }
      return found
    } finally {
      await learnt.close()
    }
  } finally {
    await start.close()
  }
}
