import { crc32 } from 'node:zlib'
import { ThawError } from '../../../shared/errors.ts'
import { writeAtomic } from '../files.ts'
import type { OutgoingTensor } from './outgoing.ts'
import { outgoingBytes, outgoingChunks } from './outgoing.ts'
import { stateDictPickle } from './pickle-writer.ts'

/**
 * Writes a state_dict as torch.save does, for `torch.load(file, weights_only=True)`: a zip archive of stored entries, each at
 * a multiple of 64 bytes so that it can be mapped into memory. Equal tensors in equal order give equal bytes.
 * @throws ThawError `disk.full`, `output.unwritable`, `weights.unsupported` from 4 GiB on
 */
export async function writePth(file: string, tensors: readonly OutgoingTensor[]): Promise<void> {
  const bytes = tensors.reduce((sum, tensor) => sum + outgoingBytes(tensor), 0)
  if (bytes > largestArchive)
    throw new ThawError('weights.unsupported', {
      file,
      reason: 'more than 4 GB, which the .pth written here cannot hold',
    })
  await writeAtomic(file, archive(tensors))
}

/** Zip's 32-bit sizes, less room for what is not tensors. */
const largestArchive = 2 ** 32 - 2 ** 24
/** The archive's one folder; torch takes any name, and one that is always the same keeps equal files equal. */
const folder = 'archive/'
const alignment = 64
/** 1 January 1980, the first day that zip knows: a file's time would make equal weights unequal files. */
const date = 0x21
/** Sizes and checksum follow the data (bit 3), names are UTF-8 (bit 11). */
const flags = 0x0808

interface Written {
  name: string
  offset: number
  size: number
  crc: number
}

async function* archive(tensors: readonly OutgoingTensor[]): AsyncGenerator<Uint8Array> {
  const written: Written[] = []
  let at = 0
  for (const { name, chunks } of entries(tensors)) {
    const header = localHeader(folder + name, at)
    yield header
    const entry = { name: folder + name, offset: at, size: 0, crc: 0 }
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

function* entries(tensors: readonly OutgoingTensor[]) {
  const text = (name: string, value: string) => ({ name, chunks: () => [Buffer.from(value)] })
  yield { name: 'data.pkl', chunks: () => [stateDictPickle(tensors)] }
  yield text('.format_version', '1')
  yield text('.storage_alignment', String(alignment))
  yield text('byteorder', 'little')
  for (const [index, tensor] of tensors.entries())
    yield { name: `data/${index}`, chunks: () => outgoingChunks(tensor) }
  yield text('version', '3\n')
}

/** An extra field fills up the header so that the data starts at a multiple of the alignment, as torch does. */
function localHeader(name: string, offset: number): Buffer {
  const bare = 30 + name.length + 4
  const padding = (alignment - ((offset + bare) % alignment)) % alignment
  const header = Buffer.alloc(bare + padding)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(date, 12)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(4 + padding, 28)
  header.write(name, 30, 'latin1')
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
  bytes.write(name, 46, 'latin1')
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
