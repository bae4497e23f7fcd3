/** What fits beside a training. */
import { inferenceBytes, peakBytes } from '../../../shared/model/cost.ts'
import { onPhotosOf, withClasses } from '../../../shared/model/layers.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import { describeNetwork } from '../model/open.ts'
import { openedBackend } from '../backend/open.ts'
import { readRecord, runFolderOf } from '../store/runFolder.ts'
import { planFor } from '../../../shared/planFor.ts'
import type { Needs } from './engine.ts'

/**
 * Bytes that are free for further work while a network is trained. None where the training may have them all: of a card nobody
 * tells how much it took, and WebAssembly's heap has to last for the training.
 */
export function availableBeside(): Promise<number> {
  const backend = openedBackend()
  const isShared = backend?.name === 'tensorflow' && backend.gpu === null
  return Promise.resolve(isShared ? process.availableMemory() : 0)
}

export const needs: Needs = {
  training: ({ dataset, config }) => {
    const backend = openedBackend()
    // A process has one thread count: with another one, nothing can be measured while a training computes.
    if (backend && config.threads !== null && config.threads !== backend.threads) return Infinity
    const network = withClasses(networkOf(config.backbone), dataset.classes.length)
    const seen = onPhotosOf(network, config.preparation?.crop ?? network.size)
    return peakBytes(seen, resolvePlan(network, planFor(config, network, 1)), config)
  },
  answering: async (home, model) => {
    if ('backbone' in model) return inferenceBytes(networkOf(model.backbone))
    if ('file' in model) return inferenceBytes(await describeNetwork(null, model.file))
    const { network, classes } = await readRecord(await runFolderOf(home, model.run))
    return inferenceBytes(withClasses(networkOf(network), classes.length))
  },
}
