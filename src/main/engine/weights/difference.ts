import type { WeightDifference } from '../../../shared/api/models.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { WeightFile } from './codec.ts'
import { expectedOfFile } from './nearest.ts'
import { tensorsByName } from './translated.ts'

type ChangedTensor = WeightDifference['changed'][number]

/**
 * Two weight files side by side, by the names that tensors have without their wrappers, foreign ones translated; read tensor by tensor.
 * @throws ThawError weights.*, cancelled
 */
export async function compareWeights(
  a: WeightFile,
  b: WeightFile,
  signal?: AbortSignal,
): Promise<WeightDifference> {
  const inA = tensorsByName(a, expectedOfFile(a))
  const inB = tensorsByName(b, expectedOfFile(b))
  const found: WeightDifference = {
    changed: [],
    layers: [],
    same: 0,
    onlyA: [...inA.keys()].filter((name) => !inB.has(name)),
    onlyB: [...inB.keys()].filter((name) => !inA.has(name)),
    misshapen: [],
  }
  const layers = new Map<string, LayerSums>()
  for (const [name, one] of inA) {
    const other = inB.get(name)
    if (!other) continue
    if (signal?.aborted) throw new ThawError('cancelled')
    if (one.shape.join() !== other.shape.join()) {
      found.misshapen.push({ name, a: [...one.shape], b: [...other.shape] })
      continue
    }
    const { change, moved, size } = changeOf(name, await one.read(), await other.read())
    if (change) found.changed.push(change)
    else found.same += 1
    const before = layers.get(layerOf(name)) ?? { moved: 0, size: 0, changed: 0 }
    layers.set(layerOf(name), {
      moved: before.moved + moved,
      size: before.size + size,
      changed: before.changed + (change ? 1 : 0),
    })
  }
  for (const [name, { moved, size, changed }] of layers)
    if (changed > 0) found.layers.push({ name, relative: numberOrNull(Math.sqrt(moved / size)), changed })
  found.changed.sort(mostMoved)
  found.layers.sort(mostMoved)
  return found
}

interface LayerSums {
  /** Squares of the steps, and of the values before them. */
  moved: number
  size: number
  changed: number
}

/** What cannot be told by a number stands first: it is what a person has to see. */
const mostMoved = (x: { relative: number | null }, y: { relative: number | null }): number =>
  (y.relative ?? Infinity) - (x.relative ?? Infinity)

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** "features.0" of "features.0.weight"; a bare parameter is its own layer. */
const layerOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.'))) || name

/** @returns what changed, if anything, and the sums of squares of the steps and of the values before them */
function changeOf(
  name: string,
  a: Float32Array,
  b: Float32Array,
): { change: ChangedTensor | undefined; moved: number; size: number } {
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
  if (values === 0) return { change: undefined, moved, size }
  const change = {
    name,
    relative: numberOrNull(Math.sqrt(moved / size)),
    largest: numberOrNull(largest),
    values,
    count: a.length,
  }
  return { change, moved, size }
}
