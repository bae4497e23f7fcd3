import { createHash } from 'node:crypto'
import path from 'node:path'
import { librariesPath } from '../backend/vendor.ts'
import type { PackList, PackWheel } from './packList.ts'

/** Where the parts of the GPU pack lie in its folder, and where they wait until it is whole. */
export function packPaths(folder: string, list: PackList) {
  // A list with other versions begins anew: libraries of two lists must not be mixed.
  const id = createHash('sha256').update(JSON.stringify(list.wheels)).digest('hex').slice(0, 8)
  const unfinished = path.join(folder, `unfinished-${id}`)
  return {
    id,
    /** The finished pack: there whole, or not at all. */
    pack: packFolder(folder),
    unfinished,
    /** The pack while it is being put together. */
    growing: path.join(unfinished, 'pack'),
    /** A wheel while it is unpacked. */
    unpacking: path.join(unfinished, 'unpacking'),
    download: (wheel: PackWheel) => path.join(unfinished, `${wheel.package}-${wheel.version}.whl`),
  }
}

export const packFolder = (folder: string): string => path.join(folder, 'pack')

/** The folder inside the pack that holds a wheel's libraries, and the one inside the wheel that they come from. */
export interface Home {
  inWheel: string
  inPack: string
}

/**
 * The pack keeps the neighbourhood that TensorFlow's library was linked with ($ORIGIN/../nvidia/cudnn/lib and so on), so that all
 * find each other by their place, and lies as vendor/tensorflow does, so that the addon finds TensorFlow.
 */
export function homeOf({ package: name }: PackWheel): Home {
  if (name === 'tensorflow') return { inWheel: 'tensorflow', inPack: librariesPath }
  const inWheel = `nvidia/${name.replace(/^nvidia-|-cu\d+$/g, '').replaceAll('-', '_')}`
  return { inWheel, inPack: path.posix.join(path.posix.dirname(librariesPath), inWheel) }
}

const ofTensorflow = /^(libtensorflow_(cc|framework)\.so\.2|THIRD_PARTY_NOTICES\.txt)$/
/** Headers, Python and archives for linking: nothing that runs. */
const unneeded = /(^|\/)include\/|\.(py|h|a)$/
const licence = /^[^/]+\.dist-info\/(licenses\/)?licen[cs]e[^/]*$/i

/** Where an entry of a wheel goes below the wheel's own folder; undefined leaves it out. Its licence comes along. */
export function placeOfEntry(wheel: PackWheel, entry: string): string | undefined {
  if (licence.test(entry)) return 'LICENSE.txt'
  const { inWheel } = homeOf(wheel)
  if (!entry.startsWith(`${inWheel}/`)) return undefined
  const inside = entry.slice(inWheel.length + 1)
  if (wheel.package === 'tensorflow') return ofTensorflow.test(inside) ? inside : undefined
  return unneeded.test(inside) ? undefined : inside
}
