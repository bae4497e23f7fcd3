import { createHash, hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { ThawError } from '../../shared/errors.ts'

/** Bytes: with Node's usual 64 KiB most of the time goes into handing chunks on. */
const readAtOnce = 2 ** 22

/** SHA-256 of a file in hexadecimal. @throws ThawError cancelled, within 4 MB; errors of node:fs */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  if (signal?.aborted) throw new ThawError('cancelled')
  // A photo is read in one piece: setting up a stream takes longer than hashing it.
  if ((await stat(file)).size <= readAtOnce) return hash('sha256', await readFile(file), 'hex')
  const sum = createHash('sha256')
  try {
    await pipeline(createReadStream(file, { highWaterMark: readAtOnce }), sum, { signal })
  } catch (error) {
    if (signal?.aborted) throw new ThawError('cancelled', {}, { cause: error })
    throw error
  }
  return sum.digest('hex')
}
