import { carriedBy } from '../../../shared/carried.ts'
import { tensorsOfNetwork } from '../../../shared/model/layers.ts'
import { architectures, networkNames, networkOf } from '../../../shared/model/registry.ts'
import type { OwnWeights } from '../store/weightFiles.ts'
import type { WeightFile } from '../weights/codec.ts'
import { loadStrict } from '../weights/load.ts'
import { requireNoTwin } from '../weights/names/twins.ts'
import { tensorsByName } from '../weights/translated.ts'

type Recognised = Pick<OwnWeights, 'network' | 'classes' | 'preparation'>

/** The network that a weight file fits, how many classes its head has, how photos are prepared for it; null where it fits none of ours. */
export function recognise(file: WeightFile): Recognised {
  const { preparation } = carriedBy(file.metadata)
  for (const name of networkNames) {
    if ('internal' in architectures[name]) continue
    const network = networkOf(name)
    const expected = tensorsOfNetwork(network)
    try {
      requireNoTwin(file, name)
      loadStrict(file, expected, { network: name, head: network.head, newHead: true })
    } catch {
      continue
    }
    const head = tensorsByName(file, expected).get(`${network.head}.weight`)
    return { network: name, classes: head?.shape[0] || null, preparation }
  }
  return { network: null, classes: null, preparation }
}
