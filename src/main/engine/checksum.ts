import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Bytes: with Node's usual 64 KiB most of the time goes into handing chunks on. */
const readAtOnce = 2 ** 22

/** SHA-256 of a file in hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: readAtOnce }), hash)
  return hash.digest('hex')
}
