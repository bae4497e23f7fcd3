import { existsSync } from 'node:fs'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { sizeOf, tensorsOfNetwork, withClasses } from '../../../shared/model/layers.ts'
import { architectureOf, networkOf } from '../../../shared/model/registry.ts'
import { requirePhotoSize } from '../../../shared/model/photoSize.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { carriedBy } from '../../../shared/carried.ts'
import type { Carried } from '../../../shared/carried.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import { recipePreparation } from '../../../shared/preparation.ts'
import { randomFor } from '../../../shared/random.ts'
import { starterWeights } from '../backend/vendor.ts'
import { currentFolders, dataPaths } from '../store/paths.ts'
import type { WeightFile } from '../weights/codec.ts'
import { knownWeights } from '../weights/catalogue.ts'
import { openWeights } from '../weights/index.ts'
import { loadStrict } from '../weights/load.ts'
import { requireNoTwin } from '../weights/names/twins.ts'
import { networkOfFile } from '../weights/nearest.ts'
import { readingNotes } from '../weights/notes.ts'
import { tensorsByName } from '../weights/translated.ts'
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
  /** All that the file says of itself. */
  carried: Carried
  /** What a person should know of a file of their own (`readingNotes`). */
  notes: ThawError[]
}

/** Which network, and whose weights. Without a name it is the one that the file names, or is seen to be. */
type Chosen =
  | {
      backbone: string
      /** null: the published weights that are at hand. */
      file: string | null
    }
  | { backbone: null; file: string }

interface NewHead {
  classes: number
  seed: number
}

export type OpenOptions = Chosen & {
  /** Start a new head for this many classes; undefined: take the file's. */
  newHead?: NewHead
}

/** Where a network's published weights lie: set-up's, or those that were downloaded. @throws ThawError weights.none */
export function publishedWeights(backbone: string): string {
  const starter = starterWeights()
  if (starter?.network === backbone) return starter.path
  const downloaded = downloadedPlace(backbone)
  if (downloaded && existsSync(downloaded)) return downloaded
  throw new ThawError('weights.none', { network: networkOf(backbone).title })
}

/** The file that a network's weights come from. @throws ThawError weights.none */
export const weightFileOf = (chosen: Chosen): string =>
  chosen.backbone === null ? chosen.file : (chosen.file ?? publishedWeights(chosen.backbone))

/** Where a download puts a network's published weights; undefined where there are none. It lies there whole or not at all. */
function downloadedPlace(backbone: string): string | undefined {
  const known = knownWeights.find(({ network }) => network === backbone)
  return known && path.join(dataPaths(currentFolders()).weights, known.file)
}

/** A file that a person gives is prepared for as the recipe has it, unless it says otherwise; what its publisher gave, as published. */
const isPublished = (file: string | null, backbone: string): boolean =>
  file === null || path.resolve(file) === downloadedPlace(backbone)

/** The network that a file's weights make, and the tensors that fit it. */
function fit(source: WeightFile, backbone: string, newHead?: Pick<NewHead, 'classes'>) {
  const base = networkOf(backbone)
  requireNoTwin(source, backbone)
  const carried = carriedBy(source.metadata)
  const { classes } = carried
  const wanted = newHead?.classes ?? classes?.length ?? classesOfHead(source, base)
  const network = wanted === undefined ? base : withClasses(base, wanted)
  const fitting = loadStrict(source, tensorsOfNetwork(network), {
    network: network.title,
    head: network.head,
    newHead: newHead !== undefined,
  })
  return { network, carried, fitting }
}

/**
 * The network as a weight file has it, values left aside.
 * @param backbone null: the one that the file names, or is seen to be
 * @throws ThawError network.unknown, weights.*
 */
export async function describeNetwork(backbone: string | null, file: string): Promise<Network> {
  const source = await openWeights(file)
  try {
    return fit(source, backbone ?? networkOfFile(source)).network
  } finally {
    await source.close()
  }
}

/**
 * The network and its preparation as a file's weights have them, values left aside.
 * @throws ThawError network.unknown, weights.*
 */
export async function describeWeights(
  chosen: Chosen,
): Promise<Pick<OpenedNetwork, 'network' | 'preparation'>> {
  const source = await openWeights(weightFileOf(chosen))
  try {
    const backbone = chosen.backbone ?? networkOfFile(source)
    const { network, carried } = fit(source, backbone)
    return { network, preparation: preparationOf(carried, chosen.file, backbone) }
  } finally {
    await source.close()
  }
}

const notesOf = (source: WeightFile, file: string | null, backbone: string): ThawError[] =>
  isPublished(file, backbone) ? [] : readingNotes(source, backbone)

/** How photos are prepared for a file's weights. */
const preparationOf = (carried: Carried, file: string | null, backbone: string): Preparation =>
  carried.preparation ??
  (isPublished(file, backbone) ? architectureOf(backbone).preparation : recipePreparation)

/**
 * What a run would begin with, values left aside: the network with a new head for so many classes, how photos are prepared for it, and what
 * a person should know of its file.
 * @throws ThawError network.unknown, preparation.size, weights.*
 */
export async function describeStart(
  backbone: string,
  file: string | null,
  classes: number,
): Promise<Pick<OpenedNetwork, 'network' | 'preparation' | 'notes'>> {
  architectureOf(backbone)
  const source = await openWeights(weightFileOf({ backbone, file }))
  try {
    const { network, carried } = fit(source, backbone, { classes })
    if (carried.preparation) requirePhotoSize(network, carried.preparation)
    return {
      network,
      preparation: preparationOf(carried, file, backbone),
      notes: notesOf(source, file, backbone),
    }
  } finally {
    await source.close()
  }
}

/**
 * Opens a network with the weights of a file. Nothing is built until every tensor has been read and found sound.
 * @throws ThawError network.unknown, preparation.size, weights.*
 */
export async function openNetwork(options: OpenOptions): Promise<OpenedNetwork> {
  if (options.backbone !== null) architectureOf(options.backbone)
  const file = weightFileOf(options)
  const source = await openWeights(file)
  try {
    const backbone = options.backbone ?? networkOfFile(source)
    const { network, carried, fitting } = fit(source, backbone, options.newHead)
    if (carried.preparation) requirePhotoSize(network, carried.preparation)
    const weights = new Weights(network)
    try {
      for (const name of fitting.names) weights.put(name, await fitting.load(name))
      if (options.newHead)
        for (const [name, values] of headStart(network, options.newHead.seed)) weights.put(name, values)
    } catch (error) {
      weights.dispose()
      throw error
    }
    return {
      network,
      weights,
      preparation: preparationOf(carried, options.file, backbone),
      classes: carried.classes,
      file,
      headReplaced: options.newHead !== undefined,
      carried,
      notes: notesOf(source, options.file, backbone),
    }
  } finally {
    await source.close()
  }
}

/**
 * The tensors of a network as `openNetwork` would have them, one at a time and without building it.
 * @throws ThawError network.unknown, weights.*
 */
export async function readNetwork(options: OpenOptions): Promise<{
  network: Network
  /** Row-major in PyTorch's layout; undefined for a tensor that the file may lack, such as a counter of batches. */
  read: (tensor: string) => Promise<Float32Array | undefined>
  close: () => Promise<void>
}> {
  const source = await openWeights(weightFileOf(options))
  try {
    const { network, fitting } = fit(source, options.backbone ?? networkOfFile(source), options.newHead)
    const there = new Set(fitting.names)
    const head = options.newHead ? headStart(network, options.newHead.seed) : new Map<string, Float32Array>()
    return {
      network,
      read: async (tensor) => head.get(tensor) ?? (there.has(tensor) ? fitting.load(tensor) : undefined),
      close: () => source.close(),
    }
  } catch (error) {
    await source.close()
    throw error
  }
}

/** A new last layer by tensor, as torch.nn.Linear starts one: uniform within ±1 / √in for weights and biases. */
function headStart(network: Network, seed: number): Map<string, Float32Array> {
  const specs = tensorsOfNetwork(network).filter(({ name }) => name.startsWith(`${network.head}.`))
  const bound = 1 / Math.sqrt(specs.find(({ name }) => name === `${network.head}.weight`)!.shape[1]!)
  return new Map(
    specs.map(({ name, shape }, index) => {
      const random = randomFor(seed, 'head', index)
      return [name, Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() * 2 - 1) * bound)]
    }),
  )
}

/** How many classes the file's own head has; undefined if it has none. */
function classesOfHead(source: WeightFile, network: Network): number | undefined {
  return tensorsByName(source, tensorsOfNetwork(network)).get(`${network.head}.bias`)?.shape[0] || undefined
}
