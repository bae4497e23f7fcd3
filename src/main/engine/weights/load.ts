import { ThawError } from '../../../shared/errors.ts'
import type { TensorInfo, WeightFile } from './codec.ts'
import { elsewhere, notClassifier } from './names/elsewhere.ts'
import { partedIn } from './names/parted.ts'
import { isUnused } from './names/pretraining.ts'
import { partOf } from './parts.ts'
import type { ExpectedTensor, Taken } from './translated.ts'
import { tensorsByName } from './translated.ts'

export interface LoadOptions {
  /** The network's name, for messages. */
  network: string
  /** Full name of the last linear layer ("classifier.6"). */
  head: string
  /** Leave the head out, whatever the file has for it: the caller starts a new one. */
  newHead?: boolean
}

/** A file whose names and shapes were found to fit. Keep what `load` gives aside until all of it has come: it may yet throw. */
export interface FittingWeights {
  /** What can be loaded, in the order of the network: all that was expected but a new head. */
  names: readonly string[]
  /** Names of the head's tensors if the caller has to start them; else empty. */
  newHead: readonly string[]
  /** @returns values in row-major order. @throws ThawError `weights.not-finite`, naming every tensor with such values */
  load: (name: string) => Promise<Float32Array<ArrayBuffer>>
}

/**
 * BatchNorm's count of batches plays no part while its momentum is fixed, and old files lack it. PyTorch's AveragedModel counts what it
 * has averaged beside the network.
 */
export const isCounter = (name: string): boolean =>
  name.endsWith('.num_batches_tracked') || name === 'n_averaged'

/** Names of a file that a network has no place for, and that are not known to play no part in it. */
export const unexpectedIn = (
  found: ReadonlyMap<string, Taken>,
  wanted: { has: (name: string) => boolean },
): string[] =>
  Array.from(found).flatMap(([name, { beside }]) =>
    wanted.has(name) || beside || isCounter(name) || isUnused(name, wanted) ? [] : [name],
  )

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, d) => size === b[d])

/** How a file differs from what a network expects. */
interface Differences {
  missing: readonly ExpectedTensor[]
  unexpected: readonly string[]
  misshapen: readonly ExpectedTensor[]
}

const namesOf = (tensors: readonly ExpectedTensor[]): string[] => tensors.map(({ name }) => name)

/** One sentence about everything that differs. */
function mismatch(
  file: WeightFile,
  { network }: LoadOptions,
  { missing, unexpected, misshapen }: Differences,
  found: ReadonlyMap<string, Taken>,
): ThawError {
  const reshaped = misshapen.map(
    ({ name, shape }) => `${name} ${shapeText(found.get(name)!.shape)} instead of ${shapeText(shape)}`,
  )
  const differences = [
    listed('missing', namesOf(missing)),
    listed('unexpected', unexpected),
    listed('of another shape', reshaped),
  ].filter((text) => text !== '')
  return new ThawError('weights.mismatch', { file: file.path, network, differences: differences.join('; ') })
}

/** Why a file that differs does not fit: the one cause that explains all of it, where there is one. */
function whyUnfit(
  file: WeightFile,
  expected: readonly ExpectedTensor[],
  options: LoadOptions,
  differences: Differences,
  found: ReadonlyMap<string, Taken>,
): ThawError {
  const { missing, unexpected, misshapen } = differences
  const part = partOf(file.path)
  if (part && missing.length > 0) return new ThawError('weights.part', { file: file.path, ...part })
  const parted = partedIn(namesOf(missing), found)
  if (parted.length > 0)
    return new ThawError('weights.parted', { file: file.path, tensors: shortened(parted) })
  const foreign = missing.length > expected.length / 2 ? elsewhere(file) : undefined
  if (foreign) return foreign
  const onlyHead =
    missing.length + unexpected.length === 0 && misshapen.every(({ name }) => isHeadOf(options, name))
  const otherHead = onlyHead ? otherClasses(file.path, misshapen, found) : undefined
  return otherHead ?? mismatch(file, options, differences, found)
}

const isHeadOf = ({ head }: LoadOptions, name: string): boolean => name.startsWith(`${head}.`)

/** @throws ThawError `weights.not-finite`, naming every such tensor of the file */
async function readFinite(file: WeightFile, tensor: Taken): Promise<Float32Array<ArrayBuffer>> {
  const values = await tensor.read()
  if (allFinite(values)) return values
  const tensors = await notFinite(file)
  // Values may also have become infinite on their way into the network.
  const named = shortened(tensors.length > 0 ? tensors : [tensor.name])
  throw new ThawError('weights.not-finite', { file: file.path, tensors: named })
}

/**
 * Fits a file to a network, strictly both ways: every tensor that is missing, unexpected or of another shape is reported, all
 * at once, before any value is read. Known foreign names are translated.
 * @throws ThawError `weights.no-classifier`; `weights.mismatch`, or `weights.foreign`, `weights.parted` where that says more; `weights.other-head` if only the number of classes differs; `weights.whole-numbers`
 */
export function loadStrict(
  file: WeightFile,
  expected: readonly ExpectedTensor[],
  options: LoadOptions,
): FittingWeights {
  const other = notClassifier(file)
  if (other) throw other
  const isLeftOut = (name: string): boolean => options.newHead === true && isHeadOf(options, name)
  const ignored = (name: string): boolean => isCounter(name) || isLeftOut(name)
  const found = tensorsByName(file, expected)
  const wanted = new Map(expected.map((tensor) => [tensor.name, tensor]))
  const differences = {
    missing: expected.filter(({ name }) => !found.has(name) && !ignored(name)),
    unexpected: unexpectedIn(found, wanted).filter((name) => !ignored(name)),
    misshapen: expected.filter(({ name, shape }) => {
      const tensor = found.get(name)
      return tensor && !ignored(name) && !sameShape(tensor.shape, shape)
    }),
  }
  if (Object.values(differences).some(({ length }) => length > 0))
    throw whyUnfit(file, expected, options, differences, found)

  const whole = [...wanted.keys()].filter((name) => {
    const tensor = found.get(name)
    return tensor && isWhole(tensor) && !ignored(name)
  })
  if (whole.length > 0)
    throw new ThawError('weights.whole-numbers', { file: file.path, tensors: shortened(whole) })

  return {
    names: namesOf(expected).filter((name) => found.has(name) && !isLeftOut(name)),
    newHead: namesOf(expected).filter(isLeftOut),
    load: async (name) => {
      const tensor = found.get(name)
      if (!tensor) throw new ThawError('not-found', { what: 'a-tensor', tensor: name, file: file.path })
      return readFinite(file, tensor)
    },
  }
}

/** Weights of a quantised network: whole numbers, and the factors that would turn them back are elsewhere. */
export const isWhole = ({ dtype }: Pick<TensorInfo, 'dtype'>): boolean => !dtype.includes('float')

/** The error of a head that differs in its classes alone, not in what it takes in. */
function otherClasses(
  file: string,
  misshapen: readonly ExpectedTensor[],
  found: ReadonlyMap<string, TensorInfo>,
): ThawError | undefined {
  const differ = misshapen.every(({ name, shape }) =>
    sameShape(found.get(name)!.shape.slice(1), shape.slice(1)),
  )
  const first = misshapen[0]!
  const [classes] = found.get(first.name)!.shape
  const [expected] = first.shape
  if (!differ || classes === undefined || expected === undefined) return undefined
  return new ThawError('weights.other-head', { file, found: classes, expected, tensor: first.name })
}

/** A product with 0 is 0 but for NaN and the infinities: one pass without a branch. */
function allFinite(values: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i]! * 0
  return sum === 0
}

/** Names of all tensors of a file that have a NaN or an infinity. Reads all of it, one tensor at a time. */
export async function notFinite(file: WeightFile): Promise<string[]> {
  const names: string[] = []
  for (const { name } of file.tensors) if (!allFinite(await file.read(name))) names.push(name)
  return names
}

/** Names in a message: all of them would fill the screen when a file is of another network altogether. */
const mostListed = 8

/** The first few names, and how many there are beside them. */
export function shortened(names: readonly string[]): string {
  const more = names.length - mostListed
  return names.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

const listed = (what: string, names: readonly string[]): string =>
  names.length === 0 ? '' : `${what} (${names.length}): ${shortened(names)}`
const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`
