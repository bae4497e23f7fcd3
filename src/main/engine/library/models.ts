import { rename } from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'
import type { Received } from '../../../shared/api/call.ts'
import type { WeightsEntry, WeightsOffer } from '../../../shared/api/models.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { architectureOf } from '../../../shared/model/registry.ts'
import { recipePreparation } from '../../../shared/preparation.ts'
import { bytesOf, exists, makeFolder } from '../files.ts'
import { starterWeights } from '../backend/vendor.ts'
import { readRecord } from '../store/runFolder.ts'
import { readSettings } from '../store/settings.ts'
import { trashedWeights } from '../store/paths.ts'
import { readSpeeds } from '../store/speeds.ts'
import { requireStart } from '../training/requireStart.ts'
import type { OwnWeights } from '../store/weightFiles.ts'
import type { WeightFile } from '../weights/codec.ts'
import type { KnownWeights } from '../weights/catalogue.ts'
import { knownWeights } from '../weights/catalogue.ts'
import type { Ways } from '../weights/fetch.ts'
import { compareWeights } from '../weights/difference.ts'
import { addressOf, fetchWeights } from '../weights/fetch.ts'
import { openWeights } from '../weights/index.ts'
import { inspectWeights } from '../weights/inspect.ts'
import { tensorStatistics } from '../weights/statistics.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { recognise } from './recognise.ts'

type ModelCall =
  | 'models.list'
  | 'models.download'
  | 'models.addFile'
  | 'models.remove'
  | 'models.restore'
  | 'models.about'
  | 'models.inspect'
  | 'models.tensor'
  | 'models.compare'
  | 'train.check'

/** Classes of ImageNet, which most published weights were trained on. */
const imageNetClasses = 1000

function starterEntry(): WeightsEntry[] {
  const starter = starterWeights()
  if (!starter) return []
  const { path: file, bytes, network, source: origin, licence } = starter
  return [
    {
      id: 'starter',
      source: 'starter',
      file,
      bytes,
      network,
      classes: imageNetClasses,
      origin,
      licence,
      preparation: architectureOf(network).preparation,
      present: true,
    },
  ]
}

const downloadedId = ({ network }: KnownWeights): string => `downloaded-${network}`

function downloadedEntry(known: KnownWeights, file: string, bytes: number): WeightsEntry {
  const { network, origin, licence } = known
  const id = downloadedId(known)
  return {
    id,
    source: 'downloaded',
    file,
    bytes,
    network,
    classes: architectureOf(network).published?.classes ? imageNetClasses : null,
    origin,
    licence,
    preparation: architectureOf(network).preparation,
    present: true,
  }
}

async function ownEntry(own: OwnWeights): Promise<WeightsEntry> {
  const bytes = await bytesOf(own.file)
  return {
    ...own,
    source: 'own',
    bytes: bytes ?? own.bytes,
    origin: null,
    licence: null,
    preparation: own.preparation ?? recipePreparation,
    present: bytes !== undefined,
  }
}

/** What a click would fetch. */
async function offerOf(known: KnownWeights, file: string, ways: Ways): Promise<WeightsOffer> {
  const { network, bytes, origin, licence } = known
  const received = (await bytesOf(`${file}.part`)) ?? 0
  return { network, url: addressOf(known, ways), bytes, received, origin, licence }
}

interface Fetching {
  signal: AbortSignal
  progress: (item: z.infer<typeof Received>) => void
}

const placeIn = ({ paths }: Library, known: KnownWeights): string => path.join(paths.weights, known.file)

/** Fetches a network's published weights. @throws ThawError weights.none, weights.no-address, download.failed, weights.checksum, cancelled, disk.full */
export async function downloadWeights(
  library: Library,
  network: string,
  { signal, progress }: Fetching,
): Promise<WeightsEntry> {
  const known = knownWeights.find((one) => one.network === network)
  if (!known) throw new ThawError('weights.none', { network })
  const { mirror, proxy } = await readSettings(library.paths.settings)
  const onConnection = (url: string) => library.connections.add(url, known.file)
  const options = { signal, onProgress: progress, onConnection }
  const file = await fetchWeights(known, library.paths.weights, { mirror, proxy }, options)
  library.emit('models.changed', {})
  return downloadedEntry(known, file, (await bytesOf(file)) ?? known.bytes)
}

/**
 * Where a weight file of the person's own stays: one that a browser sent lies among the uploads, which are swept, and is moved into the folder
 * of weights; any other stays where it is.
 */
async function keptWeightFile({ paths }: Library, file: string): Promise<string> {
  if (!file.startsWith(paths.uploads + path.sep)) return file
  const own = path.join(paths.weights, 'own')
  await makeFolder(own)
  for (let number = 1; ; number += 1) {
    const { name, ext } = path.parse(file)
    const target = path.join(own, number === 1 ? `${name}${ext}` : `${name} (${number})${ext}`)
    if (await exists(target)) continue
    await rename(file, target)
    return target
  }
}

async function withWeights<T>(file: string, use: (weights: WeightFile) => Promise<T>): Promise<T> {
  const weights = await openWeights(path.resolve(file))
  return use(weights).finally(() => weights.close())
}

export function modelHandlers(library: Library): Pick<LibraryHandlers, ModelCall> {
  const { emit, weightFiles } = library
  const placeOf = (known: KnownWeights) => placeIn(library, known)

  const changed = () => emit('models.changed', {})

  const inTrash = (file: string): string =>
    path.join(trashedWeights(library.paths), path.relative(library.paths.weights, file))
  /** One file of a name is kept there: the next one that is removed takes its place. */
  const intoTrash = async (file: string): Promise<void> => {
    await makeFolder(path.dirname(inTrash(file)))
    await rename(file, inTrash(file))
  }
  /** Files of the person's own that were taken off the list since Thaw started: Undo brings them back. */
  const takenOff = new Map<string, OwnWeights>()
  /** Whether it was sent by a browser, so that it lies here alone. */
  const isKept = ({ file }: OwnWeights): boolean => file.startsWith(library.paths.weights + path.sep)

  return {
    'models.list': async () => {
      const ways = await readSettings(library.paths.settings)
      const downloaded: WeightsEntry[] = []
      const offers: WeightsOffer[] = []
      for (const known of knownWeights) {
        const file = placeOf(known)
        const present = await bytesOf(file)
        if (present !== undefined) downloaded.push(downloadedEntry(known, file, present))
        else if (known.network !== starterWeights()?.network) offers.push(await offerOf(known, file, ways))
      }
      const own = await Promise.all(weightFiles.list().map(ownEntry))
      return { weights: [...starterEntry(), ...downloaded, ...own], offers }
    },

    'models.download': ({ network }, context) => downloadWeights(library, network, context),

    'models.addFile': async ({ file }) => {
      // What is no weight file is refused where it lies.
      await withWeights(file, () => Promise.resolve())
      const absolute = await keptWeightFile(library, path.resolve(file))
      const weights = await openWeights(absolute)
      try {
        const bytes = (await bytesOf(absolute)) ?? 0
        const own = weightFiles.add({ file: absolute, bytes, ...recognise(weights) })
        changed()
        return await ownEntry(own)
      } finally {
        await weights.close()
      }
    },

    'models.remove': async ({ id }) => {
      const known = knownWeights.find((one) => downloadedId(one) === id)
      if (known) await intoTrash(placeOf(known))
      else if (id === 'starter') throw new ThawError('refused', { what: 'remove-starter' })
      else {
        const own = weightFiles.remove(id)
        if (isKept(own) && (await exists(own.file))) await intoTrash(own.file)
        takenOff.set(id, own)
      }
      changed()
      return {}
    },

    'models.restore': async ({ id }) => {
      const known = knownWeights.find((one) => downloadedId(one) === id)
      const own = takenOff.get(id)
      const file = known ? placeOf(known) : own?.file
      if (file === undefined) throw new ThawError('weights.missing', { file: id })
      if (known || isKept(own!)) {
        if (!(await exists(inTrash(file)))) throw new ThawError('weights.missing', { file })
        await rename(inTrash(file), file)
      }
      if (own) weightFiles.add(own)
      takenOff.delete(id)
      changed()
      return {}
    },

    'models.about': async () => {
      const uses = new Map<string, { run: string; name: string }[]>()
      for (const { id: run, name, folder } of (await library.runs.list()).runs) {
        // A run that cannot be read is told of in its own room.
        const record = await readRecord(folder).catch(() => undefined)
        if (!record) continue
        const { file } = record.weights
        uses.set(file, [...(uses.get(file) ?? []), { run, name }])
      }
      const speeds = await readSpeeds(library.paths.speeds)
      return { speeds, uses: Array.from(uses, ([file, runs]) => ({ file, runs })) }
    },

    'models.tensor': ({ file, tensor }) => withWeights(file, (weights) => tensorStatistics(weights, tensor)),

    'models.compare': ({ a, b }, { signal }) =>
      withWeights(a, (one) => withWeights(b, (other) => compareWeights(one, other, signal))),

    'train.check': async ({ config, classes }) => {
      const notes = await requireStart(config, classes)
      return { notes: notes.map(plainError) }
    },

    'models.inspect': async ({ file }) => {
      const inspection = await inspectWeights(path.resolve(file))
      if ('error' in inspection) throw new ThawError(inspection.error.code, inspection.error.parameters)
      const { format, variant, sha256, metadata, warnings, fit, ours } = inspection
      const tensors = inspection.tensors.map(({ name, shape, dtype, bytes }) => ({
        name,
        ours: ours.get(name) ?? null,
        shape: [...shape],
        dtype,
        bytes,
      }))
      return {
        ...{ file, format, sha256, tensors, warnings, fit },
        ...(variant && { variant }),
        metadata: { ...metadata },
      }
    },
  }
}
