import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'

/**
 * Unpacks some entries of a wheel, which is a zip file. (yauzl refuses names that lead out of the folder.)
 * @param place tells where in `folder` an entry goes; undefined leaves it out
 * @returns how many were unpacked
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  place: (entry: string) => string | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const zip = await yauzl.openPromise(wheel)
  let count = 0
  try {
    for await (const entry of zip.eachEntry()) {
      const inside = entry.fileName.endsWith('/') ? undefined : place(entry.fileName)
      if (inside === undefined) continue
      const target = join(folder, inside)
      await mkdir(dirname(target), { recursive: true })
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { flush: true }), {
        ...(signal && { signal }),
      })
      count += 1
    }
  } finally {
    zip.close()
  }
  return count
}
