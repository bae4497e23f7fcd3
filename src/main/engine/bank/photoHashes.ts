import { appendFile, mkdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { ThawError } from '../../../shared/errors.ts'
import { sha256Of } from '../checksum.ts'

/** What a photo must still be for its hash to hold. */
interface Known {
  bytes: number
  modified: number
  hash: string
}

/** Who has just been written may be written again within the clock's tick, with the same size and time: not remembered. */
const settled = 2000
const readAtOnce = 8

const told = (file: string, { bytes, modified, hash }: Known): string =>
  JSON.stringify([file, bytes, modified, hash])
const lineOf = (text: string): string => `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`

/**
 * SHA-256 of photos, remembered by path, size and time, so that a bank that is full need not read a single photo. Lines are
 * appended by whichever process; one that was cut short or damaged is passed over.
 */
export class PhotoHashes {
  private readonly file: string
  private readonly known: Map<string, Known>
  private fresh = ''

  private constructor(file: string, known: Map<string, Known>) {
    this.file = file
    this.known = known
  }

  /** @param folder where kept features lie */
  static async open(folder: string): Promise<PhotoHashes> {
    const file = path.join(folder, 'photos.hashes')
    const known = new Map<string, Known>()
    for (const line of (await readFile(file, 'utf8').catch(() => '')).split('\n')) {
      const text = line.slice(9)
      if (`${line}\n` !== lineOf(text)) continue
      const [photo, bytes, modified, hash] = JSON.parse(text) as [string, number, number, string]
      known.set(photo, { bytes, modified, hash })
    }
    return new PhotoHashes(file, known)
  }

  /** @returns undefined for a photo that cannot be read: whoever decodes it says why */
  private async hashOf(photo: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    try {
      const { size: bytes, mtimeMs: modified } = await stat(photo)
      const before = this.known.get(photo)
      if (before && before.bytes === bytes && before.modified === modified) return before.hash
      const found = { bytes, modified, hash: await sha256Of(photo, signal) }
      this.known.set(photo, found)
      if (Date.now() - modified > settled) this.fresh += lineOf(told(photo, found))
      return found.hash
    } catch (error) {
      if (error instanceof ThawError && error.code === 'cancelled') throw error
      return undefined
    }
  }

  /** One a photo, in their order. @param photos absolute paths @throws ThawError cancelled */
  async of(photos: readonly string[], signal?: AbortSignal): Promise<(string | undefined)[]> {
    const hashes: (string | undefined)[] = []
    for (let from = 0; from < photos.length; from += readAtOnce)
      hashes.push(
        ...(await Promise.all(
          photos.slice(from, from + readAtOnce).map((photo) => this.hashOf(photo, signal)),
        )),
      )
    return hashes
  }

  /** Best effort: what is not remembered is hashed again. */
  async save(): Promise<void> {
    if (this.fresh === '') return
    await mkdir(path.dirname(this.file), { recursive: true }).catch(() => undefined)
    await appendFile(this.file, this.fresh).catch(() => undefined)
    this.fresh = ''
  }
}
