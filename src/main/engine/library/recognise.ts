import { carriedBy } from '../../../shared/carried.ts'
import { tensorsOfNetwork } from '../../../shared/model/layers.ts'
import { architectures, networkNames, networkOf } from '../../../shared/model/registry.ts'
import type { OwnWeights } from '../store/weightFiles.ts'
import type { WeightFile } from '../weights/codec.ts'
import { loadStrict } from '../weights/load.ts'

type Recognised = Pick<OwnWeights, 'network' | 'classes' | 'preparation'>

/** The network that a weight file fits, how many classes its head has, how photos are prepared for it; null where it fits none of ours. */
export function recognise(file: WeightFile): Recognised {
  const { preparation } = carriedBy(file.metadata)
  for (const name of networkNames) {
    if ('internal' in architectures[name]) continue
    const network = networkOf(name)
    try {
      loadStrict(file, tensorsOfNetwork(network), { network: name, head: network.head, newHead: true })
    } catch {
      continue
    }
    return { network: name, classes: headClasses(file, network.head), preparation }
  }
  return { network: null, classes: null, preparation }
}

/** Rows of the last linear layer's weights; under its name, or in files that name tensors otherwise, of the last one. */
function headClasses(file: WeightFile, head: string): number | null {
  const matrices = file.tensors.filter(({ shape }) => shape.length === 2)
  const weight = matrices.find(({ name }) => name === `${head}.weight`) ?? matrices.at(-1)
  return weight?.shape[0] ?? null
}
