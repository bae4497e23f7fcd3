import { readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { GpuPack } from '../../../shared/api/gpu.ts'
import { addonIn } from '../backend/vendor.ts'
import { bytesOf, makeFolder, writeError } from '../files.ts'
import { locked } from './install.ts'
import type { PackList } from './packList.ts'
import { downloadBytes, installedBytes, readPackList } from './packList.ts'
import { homeOf, packPaths } from './packPaths.ts'

/** What is installed in the folder of the GPU pack, and what is on the way. */
export async function gpuPack(folder: string, list: PackList = readPackList()): Promise<GpuPack> {
  const paths = packPaths(folder, list)
  const about = addonIn(paths.pack)
  const bytes = about && Object.values(about.files).reduce((sum, size) => sum + size, 0)
  return {
    supported: list.platform === `${process.platform}-${process.arch}`,
    installed: about
      ? {
          tensorflow: about.version,
          cudnn: about.cudnn ?? '',
          bytes: bytes!,
          current: about.download === paths.id,
        }
      : null,
    received: await receivedBytes(list, paths),
    download: downloadBytes(list),
    needed: installedBytes(list),
  }
}

/** Bytes of the wheels that have arrived so far, unpacked or not. */
async function receivedBytes(list: PackList, paths: ReturnType<typeof packPaths>): Promise<number> {
  let received = 0
  for (const wheel of list.wheels) {
    const isUnpacked = (await bytesOf(path.join(paths.growing, homeOf(wheel).inPack))) !== undefined
    const file = paths.download(wheel)
    received += isUnpacked ? wheel.bytes : ((await bytesOf(file)) ?? (await bytesOf(`${file}.part`)) ?? 0)
  }
  return received
}

/**
 * Removes the pack and all that was fetched for it.
 * @throws ThawError busy while it is being installed, output.unwritable
 */
export async function removeGpuPack(folder: string): Promise<void> {
  await makeFolder(folder)
  await locked(folder, async () => {
    try {
      const { pack } = packPaths(folder, readPackList())
      // Gone under its name at once, whatever happens while its gigabytes are deleted.
      await rename(pack, path.join(folder, `unfinished-removed-${Date.now()}`)).catch(() => undefined)
      for (const name of await readdir(folder))
        if (name.startsWith('unfinished-') || name === path.basename(pack))
          await rm(path.join(folder, name), { recursive: true, force: true })
    } catch (error) {
      throw writeError(error, path.join(folder, 'pack'))
    }
  })
}
