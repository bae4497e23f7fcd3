import { crc32 } from 'node:zlib'

/** A file that goes into an archive, made when it is its turn. */
export interface ZipEntry {
  /** With `/` between folders. */
  name: string
  chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** 1 January 1980, the first day that zip knows: a file's time would make equal contents unequal archives. */
const date = 0x21
/** Sizes and checksum follow the data (bit 3), names are UTF-8 (bit 11). */
const flags = 0x0808

/** Zip's 32-bit sizes, less room for what is not data. */
export const largestArchive = 2 ** 32 - 2 ** 24

interface Written {
  name: Buffer
  offset: number
  size: number
  crc: number
}

/**
 * A zip archive of stored entries (APPNOTE.TXT of PKWARE), up to `largestArchive`. Equal entries in equal order give equal bytes.
 * @param alignment each entry's data starts at a multiple of it
 */
export async function* zipArchive(
  entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>,
  alignment = 1,
): AsyncGenerator<Uint8Array> {
  const written: Written[] = []
  let at = 0
  for await (const { name, chunks } of entries) {
    const entry = { name: Buffer.from(name), offset: at, size: 0, crc: 0 }
    const header = localHeader(entry.name, at, alignment)
    yield header
    for await (const bytes of chunks()) {
      entry.size += bytes.length
      entry.crc = crc32(bytes, entry.crc)
      yield bytes
    }
    const after = descriptor(entry)
    yield after
    written.push(entry)
    at += header.length + entry.size + after.length
  }
  const directory = Buffer.concat(written.map(directoryEntry))
  yield directory
  yield directoryEnd(written.length, directory.length, at)
}

/** An extra field fills up the header so that the data starts at a multiple of the alignment, as torch does. */
function localHeader(name: Buffer, offset: number, alignment: number): Buffer {
  const bare = 30 + name.length + 4
  const padding = (alignment - ((offset + bare) % alignment)) % alignment
  const header = Buffer.alloc(bare + padding)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(date, 12)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(4 + padding, 28)
  name.copy(header, 30)
  header.write('FB', 30 + name.length, 'latin1')
  header.writeUInt16LE(padding, 32 + name.length)
  return header
}

function descriptor({ crc, size }: Written): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(crc, 4)
  bytes.writeUInt32LE(size, 8)
  bytes.writeUInt32LE(size, 12)
  return bytes
}

function directoryEntry({ name, offset, size, crc }: Written): Buffer {
  const bytes = Buffer.alloc(46 + name.length)
  bytes.writeUInt32LE(0x02014b50, 0)
  bytes.writeUInt16LE(flags, 8)
  bytes.writeUInt16LE(date, 14)
  bytes.writeUInt32LE(crc, 16)
  bytes.writeUInt32LE(size, 20)
  bytes.writeUInt32LE(size, 24)
  bytes.writeUInt16LE(name.length, 28)
  bytes.writeUInt32LE(offset, 42)
  name.copy(bytes, 46)
  return bytes
}

function directoryEnd(count: number, size: number, offset: number): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.writeUInt32LE(0x06054b50, 0)
  bytes.writeUInt16LE(count, 8)
  bytes.writeUInt16LE(count, 10)
  bytes.writeUInt32LE(size, 12)
  bytes.writeUInt32LE(offset, 16)
  return bytes
}
