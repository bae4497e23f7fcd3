import { tensorsOfNetwork } from '../../../shared/model/layers.ts'
import { architectures, networkNames, networkOf } from '../../../shared/model/registry.ts'
import type { WeightFile } from '../weights/codec.ts'
import { loadStrict } from '../weights/load.ts'

/** The network that a weight file fits, and how many classes its head has; null where it fits none of ours. */
export function recognise(file: WeightFile): { network: string | null; classes: number | null } {
  for (const name of networkNames) {
    if ('internal' in architectures[name]) continue
    const network = networkOf(name)
    try {
      loadStrict(file, tensorsOfNetwork(network), { network: name, head: network.head, newHead: true })
    } catch {
      continue
    }
    return { network: name, classes: headClasses(file, network.head) }
  }
  return { network: null, classes: null }
}

/** Rows of the last linear layer's weights; under its name, or in files that name tensors otherwise, of the last one. */
function headClasses(file: WeightFile, head: string): number | null {
  const matrices = file.tensors.filter(({ shape }) => shape.length === 2)
  const weight = matrices.find(({ name }) => name === `${head}.weight`) ?? matrices.at(-1)
  return weight?.shape[0] ?? null
}
