import { tf } from '../backend/tf.ts'
import { openCompute } from '../backend/compute.ts'
import { ThawError } from '../../../shared/errors.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import { formulaValues } from '../weights/formula.ts'
import { Model } from './network.ts'
import { Weights } from './weights.ts'

/** Photos at once, as classifying has them. */
const batch = 8
/** Seconds that are enough to tell, and rounds at least. */
const enough = 1.5
const rounds = 2

/**
 * How many photos a second a network answers on this machine, decoding aside; with weights that know nothing, whose values make no
 * difference to that.
 * @throws ThawError network.unknown, backend.none, memory.*, cancelled
 */
export async function measureSpeed(name: string, signal: AbortSignal): Promise<number> {
  const network = networkOf(name)
  const { kernels } = await openCompute(null, 'exact')
  const weights = new Weights(network)
  try {
    weights.specs.forEach((spec, salt) => weights.put(spec.name, formulaValues(spec, salt)))
    const model = new Model(network, weights, kernels)
    const x = tf.randomUniform([batch, network.size, network.size, 3])
    const once = () => {
      const y = model.infer(x)
      y.dataSync()
      y.dispose()
    }
    // The first one also makes what is kept.
    once()
    const began = performance.now()
    let done = 0
    while (done < rounds || performance.now() - began < 1000 * enough) {
      if (signal.aborted) throw new ThawError('cancelled')
      once()
      done += 1
    }
    x.dispose()
    return (done * batch * 1000) / (performance.now() - began)
  } finally {
    weights.dispose()
  }
}
