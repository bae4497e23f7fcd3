import { statfs } from 'node:fs/promises'
import { getSystemErrorName } from 'node:util'

/** What a system stores beside a file under names of its own: tags of file managers, where it was downloaded from, access lists. */
type Attributes = Pick<typeof import('@napi-rs/xattr'), 'getAttribute' | 'listAttributes' | 'setAttribute'>

let loading: Promise<Attributes | undefined> | undefined
/** undefined where there are none: Windows keeps such things as streams of the file, which are copied with its contents. */
const attributes = (): Promise<Attributes | undefined> =>
  (loading ??=
    process.platform === 'win32'
      ? Promise.resolve(undefined)
      : import('@napi-rs/xattr').then(
          (found) => found,
          () => undefined,
        ))

/** What belongs to a place rather than to a photo: the system gives it to a new file by itself, and lets nobody else. */
const ofPlace = new Set(['com.apple.macl', 'com.apple.provenance', 'com.apple.rootless'])

/** On Linux a person's own, and access lists; labels of security modules are given by rules about places. */
const ofPhoto = (name: string): boolean =>
  process.platform === 'linux'
    ? name.startsWith('user.') || name === 'system.posix_acl_access'
    : !ofPlace.has(name)

/** The library tells a failed call by its number in a sentence; others are told as node:fs tells them. */
function asSystemError(error: unknown, file: string): unknown {
  const number = error instanceof Error ? /\(os error (\d+)\)/.exec(error.message)?.[1] : undefined
  if (number === undefined) return error
  const code = getSystemErrorName(-Number(number))
  return Object.assign(new Error(`${code}: '${file}'`, { cause: error }), { code, path: file })
}

const told = async <T>(file: string, call: Promise<T>): Promise<T> => {
  try {
    return await call
  } catch (error) {
    throw asSystemError(error, file)
  }
}

/** Names of what goes along with a photo, in order. Errors are those of node:fs. */
export async function attributesOf(file: string): Promise<string[]> {
  const found = await attributes()
  return found ? (await told(file, found.listAttributes(file))).filter(ofPhoto).toSorted() : []
}

/** Gives a file what another one has beside its contents, as much as its disk takes; then throws the first refusal. */
export async function copyAttributes(from: string, to: string): Promise<void> {
  const names = await attributesOf(from)
  if (names.length === 0) return
  const { getAttribute, setAttribute } = (await attributes())!
  const refusals: unknown[] = []
  for (const name of names) {
    const value = await told(from, getAttribute(from, name))
    // Taken off in between.
    if (value === null) continue
    await told(to, setAttribute(to, name, value)).catch((error: unknown) => refusals.push(error))
  }
  if (refusals.length > 0) throw refusals[0]
}

/** Linux's disks that keep attributes, by the number that `statfs` tells. Of others, network disks say, it is known when they refuse. */
const keeping: ReadonlySet<number> = new Set([
  0xef53, // ext2 to ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
  0xca451a4e, // bcachefs
  0x794c7630, // overlayfs
])

/** Whether it is certain, without trying, that the disk of this folder keeps attributes. macOS keeps them on any disk. */
export const keepsAttributes = async (folder: string): Promise<boolean> =>
  process.platform !== 'linux' || keeping.has((await statfs(folder)).type)
