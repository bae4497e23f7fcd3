import { existsSync } from 'node:fs'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { sizeOf, tensorsOfNetwork, withClasses } from '../../../shared/model/layers.ts'
import { architectureOf, networkOf } from '../../../shared/model/registry.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { Preparation, recipePreparation } from '../../../shared/preparation.ts'
import { randomFor } from '../../../shared/random.ts'
import { starterWeights } from '../backend/vendor.ts'
import { currentFolders, dataPaths } from '../store/paths.ts'
import type { WeightFile } from '../weights/codec.ts'
import { knownWeights } from '../weights/catalogue.ts'
import { openWeights } from '../weights/index.ts'
import { loadStrict, tensorsByName } from '../weights/load.ts'
import { Weights } from './weights.ts'

/** A network with its weights, as a file gave them. */
export interface OpenedNetwork {
  network: Network
  weights: Weights
  preparation: Preparation
  /** Class names the file carries; null if it has none. */
  classes: string[] | null
  file: string
  headReplaced: boolean
}

export interface OpenOptions {
  backbone: string
  /** null: the published weights that are at hand. */
  file: string | null
  /** Start a new head for this many classes; undefined: take the file's. */
  newHead?: { classes: number; seed: number }
}

/** Where a network's published weights lie: set-up's, or those that were downloaded. @throws ThawError weights.none */
export function publishedWeights(backbone: string): string {
  const starter = starterWeights()
  if (starter?.network === backbone) return starter.path
  const downloaded = downloadedPlace(backbone)
  if (downloaded && existsSync(downloaded)) return downloaded
  throw new ThawError('weights.none', { network: networkOf(backbone).title })
}

/** Where a download puts a network's published weights; undefined where there are none. It lies there whole or not at all. */
function downloadedPlace(backbone: string): string | undefined {
  const known = knownWeights.find(({ network }) => network === backbone)
  return known && path.join(dataPaths(currentFolders()).weights, known.file)
}

/** A file that a person gives is prepared for as the recipe has it, unless it says otherwise; what its publisher gave, as published. */
const isPublished = (file: string | null, backbone: string): boolean =>
  file === null || path.resolve(file) === downloadedPlace(backbone)

/** The network that a file's weights make, and the tensors that fit it. */
function fit(source: WeightFile, { backbone, newHead }: Pick<OpenOptions, 'backbone' | 'newHead'>) {
  const base = networkOf(backbone)
  const classes = classesIn(source.metadata)
  const wanted = newHead?.classes ?? classes?.length ?? classesOfHead(source, base)
  const network = wanted === undefined ? base : withClasses(base, wanted)
  const fitting = loadStrict(source, tensorsOfNetwork(network), {
    network: network.title,
    head: network.head,
    newHead: newHead !== undefined,
  })
  return { network, classes, fitting }
}

/** The network as a weight file has it, values left aside. @throws ThawError network.unknown, weights.* */
export async function describeNetwork(backbone: string, file: string): Promise<Network> {
  const source = await openWeights(file)
  try {
    return fit(source, { backbone }).network
  } finally {
    await source.close()
  }
}

/**
 * Opens a network with the weights of a file. Nothing is built until every tensor has been read and found sound.
 * @throws ThawError network.unknown, weights.*
 */
export async function openNetwork(options: OpenOptions): Promise<OpenedNetwork> {
  const architecture = architectureOf(options.backbone)
  const file = options.file ?? publishedWeights(options.backbone)
  const source = await openWeights(file)
  try {
    const { network, classes, fitting } = fit(source, options)
    const weights = new Weights(network)
    try {
      for (const name of fitting.names) weights.put(name, await fitting.load(name))
      if (options.newHead) startHead(weights, network, options.newHead.seed)
    } catch (error) {
      weights.dispose()
      throw error
    }
    return {
      network,
      weights,
      preparation:
        preparationIn(source.metadata) ??
        (isPublished(options.file, options.backbone) ? architecture.preparation : recipePreparation),
      classes,
      file,
      headReplaced: options.newHead !== undefined,
    }
  } finally {
    await source.close()
  }
}

/** A new last layer, as torch.nn.Linear starts one: uniform within ±1 / √in for weights and biases. */
function startHead(weights: Weights, network: Network, seed: number): void {
  const names = weights.specs.map(({ name }) => name).filter((name) => name.startsWith(`${network.head}.`))
  const bound = 1 / Math.sqrt(weights.spec(`${network.head}.weight`).shape[1]!)
  names.forEach((name, index) => {
    const random = randomFor(seed, 'head', index)
    const values = Float32Array.from(
      { length: sizeOf(weights.spec(name).shape) },
      () => (random.uniform() * 2 - 1) * bound,
    )
    weights.put(name, values)
  })
}

/** How many classes the file's own head has; undefined if it has none. */
function classesOfHead(source: WeightFile, network: Network): number | undefined {
  const names = tensorsOfNetwork(network).map(({ name }) => name)
  return tensorsByName(source, names).get(`${network.head}.bias`)?.shape[0]
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function classesIn(metadata: Record<string, string>): string[] | null {
  const found = parsed(metadata['classes'])
  return Array.isArray(found) && found.every((it) => typeof it === 'string') ? found : null
}

const preparationIn = (metadata: Record<string, string>): Preparation | undefined =>
  Preparation.safeParse(parsed(metadata['preparation'])).data
