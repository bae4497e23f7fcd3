import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Entry, ZipFile } from 'yauzl'
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
import type { Source } from './source.ts'
import { uncleared } from './source.ts'
import { slice } from './codec.ts'
import type { Storage } from './strided.ts'

/** No network has more storages; each entry of the directory costs memory. */
const mostEntries = 2 ** 16
/** Weights hardly compress. What grows more than this is made to fill the memory. */
const largestGrowth = 10
const alwaysAllowed = 2 ** 22
/** Packed bytes that are read at a time. */
const inflateBytes = 2 ** 18

/** The entries of a zip archive by name. Checksums are not looked at: PyTorch can be told to write none, and reads none. */
export interface Archive {
  names: ReadonlySet<string>
  /** The bytes of an entry: a slice of the file, or inflated when they are read. */
  storage: (name: string, bigEndian?: boolean) => Promise<Storage>
}

/** @throws ThawError `weights.truncated` without a directory at its end, `weights.damaged`, `weights.unsupported` */
export async function openArchive(source: Source): Promise<Archive> {
  const damaged = (detail: string) =>
    new ThawError('weights.damaged', { file: source.path, ...because('zip-wrong', { detail }) })
  const unsupported = (reason: ReasonCode) =>
    new ThawError('weights.unsupported', { file: source.path, ...because(reason) })
  const entries = new Map<string, Entry>()
  let zip: ZipFile
  try {
    const options = { autoClose: false, lazyEntries: true }
    zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, options)
    if (zip.entryCount > mostEntries) throw damaged(`it is a zip archive of ${zip.entryCount} entries`)
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw damaged(`the entry ${entry.fileName} stands in it twice`)
      entries.set(entry.fileName, entry)
    }
  } catch (error) {
    throw zipError(error, source)
  }

  // One at a time: whoever reads a compressed archive tensor by tensor must not end up with all of it in memory.
  let held: { entry: Entry; bytes: Uint8Array } | undefined
  const inflated = (entry: Entry, bigEndian: boolean): Storage => ({
    size: entry.uncompressedSize,
    bigEndian,
    readInto: async (target, offset) => {
      const { bytes } = held?.entry === entry ? held : { bytes: await inflate(zip, entry, source) }
      held = { entry, bytes }
      target.set(bytes.subarray(offset, offset + target.length))
    },
  })

  return {
    names: new Set(entries.keys()),
    storage: async (name, bigEndian = false) => {
      const entry = entries.get(name)
      if (!entry) throw damaged(`the entry ${name} is missing`)
      if (entry.isEncrypted()) throw unsupported('encrypted')
      const { compressionMethod, compressedSize, uncompressedSize } = entry
      if (compressionMethod !== 0 && compressionMethod !== 8) throw unsupported('unknown-compression')
      try {
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
        if (compressionMethod === 0) return slice(source, fileDataStart, uncompressedSize, bigEndian)
      } catch (error) {
        throw zipError(error, source)
      }
      if (uncompressedSize > Math.max(alwaysAllowed, largestGrowth * compressedSize))
        throw damaged(`${name} would grow from ${compressedSize} to ${uncompressedSize} bytes`)
      return inflated(entry, bigEndian)
    },
  }
}

/** yauzl's own readers throw, out of anyone's reach, where an archive names an offset that no file can have. */
class SourceReader extends RandomAccessReader {
  readonly #source: Source

  constructor(source: Source) {
    super()
    this.#source = source
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#source
      .readInto(buffer.subarray(offset, offset + length), position)
      .then(() => callback(null), callback)
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const source = this.#source
    return Readable.from(
      (async function* () {
        for (let at = start; at < end; at += inflateBytes)
          yield await source.read(at, Math.min(inflateBytes, end - at))
      })(),
    )
  }
}

async function inflate(zip: ZipFile, entry: Entry, source: Source): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = uncleared(entry.uncompressedSize)
  let at = 0
  try {
    // yauzl breaks off a stream that gives more or less than the directory says.
    await pipeline(await zip.openReadStreamPromise(entry), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        bytes.set(chunk, at)
        at += chunk.length
      }
    })
  } catch (error) {
    throw zipError(error, source)
  }
  return bytes
}

/** yauzl tells its findings by text alone; the one that matters to a person is a missing end. */
function zipError(error: unknown, source: Source): unknown {
  if (error instanceof ThawError || !(error instanceof Error)) return error
  const cut = /End of central directory|overflows file bounds/.test(error.message)
  const why = cut ? because('no-index') : because('zip-wrong', { detail: error.message })
  return new ThawError(
    cut ? 'weights.truncated' : 'weights.damaged',
    { file: source.path, ...why },
    { cause: error },
  )
}
