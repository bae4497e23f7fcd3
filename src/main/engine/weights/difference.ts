import type { WeightDifference } from '../../../shared/api/models.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { WeightFile } from './codec.ts'
import { tensorsByName } from './load.ts'

type ChangedTensor = WeightDifference['changed'][number]

/**
 * Two weight files side by side, by the names that tensors have without their wrappers; read tensor by tensor.
 * @throws ThawError weights.*, cancelled
 */
export async function compareWeights(
  a: WeightFile,
  b: WeightFile,
  signal?: AbortSignal,
): Promise<WeightDifference> {
  const inA = tensorsByName(a, [])
  const inB = tensorsByName(b, [])
  const found: WeightDifference = {
    changed: [],
    same: 0,
    onlyA: [...inA.keys()].filter((name) => !inB.has(name)),
    onlyB: [...inB.keys()].filter((name) => !inA.has(name)),
    misshapen: [],
  }
  for (const [name, one] of inA) {
    const other = inB.get(name)
    if (!other) continue
    if (signal?.aborted) throw new ThawError('cancelled')
    if (one.shape.join() !== other.shape.join()) {
      found.misshapen.push({ name, a: [...one.shape], b: [...other.shape] })
      continue
    }
    const changed = changeOf(name, await a.read(one.name), await b.read(other.name))
    if (changed) found.changed.push(changed)
    else found.same += 1
  }
  // What cannot be told by a number stands first: it is what a person has to see.
  found.changed.sort((x, y) => (y.relative ?? Infinity) - (x.relative ?? Infinity))
  return found
}

function changeOf(name: string, a: Float32Array, b: Float32Array): ChangedTensor | undefined {
  let [values, largest, moved, size] = [0, 0, 0, 0]
  for (let i = 0; i < a.length; i += 1) {
    size += a[i]! ** 2
    if (Object.is(a[i], b[i])) continue
    values += 1
    const step = Math.abs(b[i]! - a[i]!)
    // Not Math.max with a comparison: a NaN has to stay.
    largest = Math.max(largest, step)
    moved += step ** 2
  }
  if (values === 0) return undefined
  const relative = Math.sqrt(moved / size)
  return {
    name,
    relative: Number.isFinite(relative) ? relative : null,
    largest: Number.isFinite(largest) ? largest : null,
    values,
    count: a.length,
  }
}
