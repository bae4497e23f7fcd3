import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import { writeAtomic } from '../files.ts'
import type { ZipEntry } from '../zipWriter.ts'
import { largestArchive, zipArchive } from '../zipWriter.ts'
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
      ...because('too-large-pth'),
    })
  await writeAtomic(file, zipArchive(entries(tensors), alignment))
}

/** The archive's one folder; torch takes any name, and one that is always the same keeps equal files equal. */
const folder = 'archive/'
const alignment = 64

function* entries(tensors: readonly OutgoingTensor[]): Generator<ZipEntry> {
  const entry = (name: string, chunks: ZipEntry['chunks']) => ({ name: folder + name, chunks })
  const text = (name: string, value: string) => entry(name, () => [Buffer.from(value)])
  yield entry('data.pkl', () => [stateDictPickle(tensors)])
  yield text('.format_version', '1')
  yield text('.storage_alignment', String(alignment))
  yield text('byteorder', 'little')
  for (const [index, tensor] of tensors.entries()) yield entry(`data/${index}`, () => outgoingChunks(tensor))
  yield text('version', '3\n')
}
