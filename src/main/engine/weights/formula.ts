import { sizeOf, tensorsOfNetwork } from '../../../shared/model/layers.ts'
import type { TensorSpec } from '../../../shared/model/layers.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import { mix } from '../../../shared/random.ts'
import { writePth } from './pth-writer.ts'

/**
 * Uniform within ±√(6 / inputs) for what multiplies activations (He et al. 2015), so that they neither fade nor overflow on
 * their way, and within ±.1 for biases; BatchNorm starts as PyTorch starts it.
 */
export function formulaValues({ name, shape, dtype }: TensorSpec, salt: number): Float32Array {
  const values = new Float32Array(sizeOf(shape))
  if (dtype === 'int64' || name.endsWith('running_mean')) return values
  const isScale = shape.length === 1 && !name.endsWith('.bias')
  if (isScale) return values.fill(1)
  const bound = shape.length === 1 ? 0.1 : Math.sqrt(6 / sizeOf(shape.slice(1)))
  const offset = Math.imul(salt, 0x9e3779b9)
  for (let k = 0; k < values.length; k += 1) values[k] = ((mix(k + offset) / 2 ** 32) * 2 - 1) * bound
  return values
}

/**
 * Writes weights that know nothing, as torch.save would: for benchmarks, whose speed does not depend on the values.
 * @throws ThawError `network.unknown`, `disk.full`, `output.unwritable`
 */
export async function writeFormulaWeights(network: string, file: string): Promise<void> {
  const tensors = tensorsOfNetwork(networkOf(network))
  await writePth(
    file,
    tensors.map((spec, salt) => ({ ...spec, values: () => formulaValues(spec, salt) })),
  )
}
