import { copyFile, readdir, rename, rm, stat, statfs, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GpuProgress } from '../../../shared/api/gpu.ts'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { NativeAddon, TensorflowAbout } from '../backend/vendor.ts'
import { librariesPath, muteModule, nativeAddon, vendorFormat } from '../backend/vendor.ts'
import { exists, makeFolder, pathFrom, writeAtomic, writeError } from '../files.ts'
import { sha256Of } from '../checksum.ts'
import { Lock } from '../lock.ts'
import { download } from '../weights/download.ts'
import type { PackList, PackWheel } from './packList.ts'
import { downloadBytes, readPackList, versionsOf } from './packList.ts'
import { homeOf, packPaths, placeOfEntry } from './packPaths.ts'
import { addressesByPip } from './pip.ts'
import { unpackWheel } from './wheel.ts'

export interface InstallOptions {
  /** Where the pack goes: `gpu` in the data folder. */
  folder: string
  signal: AbortSignal
  onProgress?: (progress: GpuProgress) => void
  /** Told before every connection. */
  onConnection?: (url: string, why: string) => void
  list?: PackList
  /** Where set-up put the addon. */
  vendor?: string
  addressesOf?: typeof addressesByPip
  /** Bytes that may still be written into a folder. */
  spaceIn?: (folder: string) => Promise<number>
}

const freeSpace = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

/**
 * Installs the GPU pack, or goes on with it: wheel by wheel, fetched, checked, unpacked and deleted again. Until the last step
 * all is in a folder of its own; what was installed before stays in use.
 * @throws ThawError gpu.unsupported, gpu.no-addon, gpu.no-space, gpu.no-addresses, busy, cancelled, download.failed,
 * weights.checksum, disk.full, output.unwritable
 */
export async function installGpuPack(options: InstallOptions): Promise<void> {
  const { folder, list = readPackList(), spaceIn = freeSpace } = options
  const platform = `${process.platform}-${process.arch}`
  if (list.platform !== platform) throw new ThawError('gpu.unsupported', { platform })
  const addon = nativeAddon(options.vendor)
  if (!addon) throw new ThawError('gpu.no-addon')
  const paths = packPaths(folder, list)
  await makeFolder(paths.growing)
  await locked(folder, async () => {
    try {
      await removeOthers(folder, path.basename(paths.unfinished))
      await rm(paths.unpacking, { recursive: true, force: true })
      const missing = await missingWheels(list, paths)
      requireSpace(missing, await spaceIn(folder))
      await bringAll(missing, options, list, paths)
      await finish(list, addon, paths)
    } catch (error) {
      throw options.signal.aborted ? new ThawError('cancelled') : writeError(error, paths.pack)
    }
  })
}

type PackPaths = ReturnType<typeof packPaths>

/** Takes the folder for this process. @throws ThawError busy */
export async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = Lock.take(path.join(folder, 'lock'))
  if (!lock) throw new ThawError('busy', { what: 'the-gpu-pack' })
  return work().finally(() => lock.release())
}

/** What was begun with another list of wheels is of no use any more. */
async function removeOthers(folder: string, own: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith('unfinished-') && name !== own)
      await rm(path.join(folder, name), { recursive: true, force: true })
}

async function missingWheels({ wheels }: PackList, paths: PackPaths): Promise<PackWheel[]> {
  const missing: PackWheel[] = []
  for (const wheel of wheels)
    if (!(await exists(path.join(paths.growing, homeOf(wheel).inPack)))) missing.push(wheel)
  return missing
}

/** @throws ThawError gpu.no-space before anything is fetched that could not be unpacked */
function requireSpace(missing: readonly PackWheel[], available: number): void {
  const unpacked = missing.reduce((sum, wheel) => sum + wheel.unpacked, 0)
  const needed = unpacked + Math.max(0, ...missing.map(({ bytes }) => bytes))
  if (needed > available)
    throw new ThawError('gpu.no-space', { needed: gigabytes(needed), available: gigabytes(available) })
}

async function bringAll(
  missing: readonly PackWheel[],
  options: InstallOptions,
  list: PackList,
  paths: PackPaths,
): Promise<void> {
  const { signal, onProgress, onConnection, addressesOf = addressesByPip } = options
  const total = downloadBytes(list)
  let before = total - missing.reduce((sum, { bytes }) => sum + bytes, 0)
  const tell = (step: GpuProgress['step'], wheel: PackWheel, received: number) =>
    onProgress?.({ step, package: wheel.package, received: before + received, total })
  if (missing.length === 0) return
  tell('looking', missing[0]!, 0)
  onConnection?.('pip', 'GPU pack')
  const addresses = await addressesOf(list, paths.unfinished, signal)
  for (const wheel of missing) {
    const file = paths.download(wheel)
    const url = addresses.get(wheel.package)
    if (url === undefined)
      throw new ThawError('gpu.no-addresses', because('pip-names-none', { package: wheel.package }))
    tell('downloading', wheel, 0)
    if (!(await exists(file)))
      await fetchWheel(wheel, url, file, {
        signal,
        onProgress: ({ received }) => tell('downloading', wheel, received),
        onConnection: (address) => onConnection?.(address, path.basename(file)),
      })
    tell('unpacking', wheel, wheel.bytes)
    await unpack(wheel, file, paths, signal)
    before += wheel.bytes
  }
}

/** A package index may be a folder: pip then tells the address of a file. */
async function fetchWheel(
  wheel: PackWheel,
  url: string,
  file: string,
  options: NonNullable<Parameters<typeof download>[1]>,
): Promise<void> {
  const { bytes, sha256 } = wheel
  if (!url.startsWith('file:')) return download({ url, file, bytes, sha256 }, options)
  const part = `${file}.part`
  await copyFile(fileURLToPath(url), part)
  if ((await sha256Of(part)) !== sha256) {
    await rm(part)
    throw new ThawError('weights.checksum', { file: path.basename(file) })
  }
  await rename(part, file)
}

/** The folder of a wheel is in the growing pack once all of it is there; then the wheel itself is no longer needed. */
async function unpack(wheel: PackWheel, file: string, paths: PackPaths, signal: AbortSignal): Promise<void> {
  const target = path.join(paths.growing, homeOf(wheel).inPack)
  try {
    const place = (entry: string) => placeOfEntry(wheel, entry)
    const count = await unpackWheel(file, paths.unpacking, place, signal)
    if (count === 0) throw new Error(`there are no libraries in ${path.basename(file)}`)
    await makeFolder(path.dirname(target))
    await rename(paths.unpacking, target)
  } finally {
    await rm(paths.unpacking, { recursive: true, force: true })
  }
  await rm(file)
}

async function finish(list: PackList, addon: NativeAddon, paths: PackPaths): Promise<void> {
  const inPack = (...parts: string[]) => path.join(paths.growing, ...parts)
  await makeFolder(inPack(path.dirname(addon.addon)))
  await copyFile(addon.path, inPack(addon.addon))
  const mute = path.join(path.dirname(addon.addon), muteModule)
  if (await exists(path.join(addon.folder, mute))) await copyFile(path.join(addon.folder, mute), inPack(mute))
  // An addon that was built against TensorFlow's C library asks for it by this name; the wheel's library holds the same functions.
  await rm(inPack(librariesPath, 'libtensorflow.so.2'), { force: true })
  await symlink('libtensorflow_cc.so.2', inPack(librariesPath, 'libtensorflow.so.2'))
  const { tensorflow, cudnn } = versionsOf(list)
  const about: TensorflowAbout = {
    format: vendorFormat,
    version: tensorflow,
    cudnn,
    source: list.wheels.map((wheel) => `${wheel.package} ${wheel.version}`).join(', '),
    download: paths.id,
    addon: addon.addon,
    files: await filesIn(paths.growing),
  }
  await writeAtomic(inPack('about.json'), [JSON.stringify(about, null, 2)])
  await rm(paths.pack, { recursive: true, force: true })
  await rename(paths.growing, paths.pack)
  await rm(paths.unfinished, { recursive: true, force: true })
}

async function filesIn(folder: string): Promise<Record<string, number>> {
  const files: Record<string, number> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'about.json') continue
    const file = path.join(entry.parentPath, entry.name)
    files[pathFrom(folder, file)] = (await stat(file)).size
  }
  return files
}
