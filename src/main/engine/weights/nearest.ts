import type { FileFit } from '../../../shared/api/models.ts'
import { tensorsOfNetwork } from '../../../shared/model/layers.ts'
import { architectures, networkNames, networkOf } from '../../../shared/model/registry.ts'
import type { WeightFile } from './codec.ts'
import { isCounter, tensorsByName } from './load.ts'

/** Below this share of tensors in common a file is of no network here. */
const enough = 0.5

/** The network that a file comes nearest to, and what differs. @returns null where none is near: then names would be of no use */
export function nearestNetwork(file: WeightFile): FileFit | null {
  const offered = networkNames.filter((name) => !('internal' in architectures[name]))
  const all = offered.map((name) => differencesTo(file, name))
  const best = all.reduce((a, b) => (b.share > a.share ? b : a))
  return best.share >= enough ? best.nearest : null
}

function differencesTo(file: WeightFile, name: string): { nearest: FileFit; share: number } {
  const network = networkOf(name)
  const wanted = tensorsOfNetwork(network).filter((it) => !isCounter(it.name))
  const expected = new Map(wanted.map((it) => [it.name, it.shape]))
  const found = tensorsByName(file, [...expected.keys()])
  const missing = [...expected.keys()].filter((it) => !found.has(it))
  const unexpected = [...found.keys()].filter((it) => !expected.has(it) && !isCounter(it))
  const misshapen = [...expected].flatMap(([its, shape]) => {
    const tensor = found.get(its)
    return tensor && tensor.shape.join() !== shape.join()
      ? [{ name: its, found: [...tensor.shape], expected: [...shape] }]
      : []
  })
  const ofHead = (it: string) => it.startsWith(`${network.head}.`)
  const onlyHead = [...missing, ...unexpected, ...misshapen.map((it) => it.name)].every(ofHead)
  const common = expected.size - missing.length - misshapen.length
  return {
    nearest: { network: name, missing, unexpected, misshapen, onlyHead },
    share: common / (expected.size + unexpected.length),
  }
}
