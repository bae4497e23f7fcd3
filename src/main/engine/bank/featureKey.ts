import { compileNetwork, nameOfCut, penultimateOf } from '../../../shared/model/compiled.ts'
import type { Network } from '../../../shared/model/spec.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import type { Environment } from '../../../shared/run.ts'
import { featureEnvironment } from './featureEnvironment.ts'
import type { FeatureKey } from './featureStore.ts'

interface KeyParts {
  network: Network
  preparation: Preparation
  /** SHA-256 of the weight file, or of one with the same body. */
  weights: string
  environment: Environment
}

/** What the features before a network's last layer are kept under. */
export function featureKey({ network, preparation, weights, environment }: KeyParts): FeatureKey {
  const steps = compileNetwork(network, true)
  const cut = nameOfCut(steps, penultimateOf(steps, network.head)) ?? ''
  return { weights, cut, preparation, environment: featureEnvironment(environment) }
}
