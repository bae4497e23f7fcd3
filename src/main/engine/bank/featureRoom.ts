import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Lock } from '../lock.ts'

/** All sets together; the ones that were used longest ago go first, bytes. */
const mostKept = 10 * 2 ** 30

/** @returns whether it is gone: not where a process adds to it now */
async function removeSet(set: string): Promise<boolean> {
  const lock = Lock.take(`${set}.lock`)
  if (!lock) return false
  try {
    // The index first: rows without one are nothing, an index without its rows would have to be found out.
    for (const kind of ['index', 'rows']) await rm(`${set}.${kind}`, { force: true })
    return true
  } finally {
    lock.release()
  }
}

async function setsIn(folder: string): Promise<{ set: string; bytes: number; used: number }[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.rows'))
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(path.join(folder, name))
      return { set: path.join(folder, name.slice(0, -'.rows'.length)), bytes: size, used: mtimeMs }
    }),
  )
}

/** Makes room: the sets used longest ago go, but for those in use and the one that is wanted now. */
export async function makeRoom(folder: string, wanted: string, most = mostKept): Promise<void> {
  const sets = (await setsIn(folder)).filter(({ set }) => path.basename(set) !== wanted)
  let total = sets.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { set, bytes } of sets.toSorted((a, b) => a.used - b.used)) {
    if (total <= most) return
    if (await removeSet(set)) total -= bytes
  }
}

/** How much is kept, bytes. */
export async function featureBytes(folder: string): Promise<number> {
  return (await setsIn(folder)).reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Takes away all that is kept and not in use. It costs time to compute again, nothing else. @returns bytes that are free now */
export async function clearFeatures(folder: string): Promise<number> {
  let freed = 0
  for (const { set, bytes } of await setsIn(folder)) if (await removeSet(set)) freed += bytes
  return freed
}
