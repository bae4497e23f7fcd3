import { readFileSync } from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { fromBufferPromise } from 'yauzl'
import { describe, expect, it } from 'vitest'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import type { OutgoingTensor } from '../../../../src/main/engine/weights/outgoing.ts'
import { writePth } from '../../../../src/main/engine/weights/pth-writer.ts'
import { temporaryFolder } from './support.ts'

const folder = temporaryFolder()
const tensors: OutgoingTensor[] = [
  {
    name: 'features.0.weight',
    shape: [2, 3],
    dtype: 'float32',
    values: () => Float32Array.of(1, 2, 3, 4, 5, 6),
  },
  { name: 'features.1.num_batches_tracked', shape: [], dtype: 'int64', values: () => Float32Array.of(7) },
  { name: '분류.bias', shape: [1], dtype: 'float32', values: () => Promise.resolve(Float32Array.of(-0.5)) },
]

async function written(name: string): Promise<string> {
  const file = path.join(folder, name)
  await writePth(file, tensors)
  return file
}

// That torch.load(weights_only=True) opens these files was seen with PyTorch 2.13; this keeps what it needs.
describe('writing a .pth', () => {
  it('and reading it gives the same tensors in the same order', async () => {
    const weights = await openWeights(await written('a.pth'))
    expect(weights).toMatchObject({ format: 'pth', variant: 'zip' })
    expect(weights.tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype }))).toEqual(
      tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    )
    for (const { name, values } of tensors) expect(await weights.read(name)).toEqual(await values())
    await weights.close()
  })

  it('gives the same bytes each time', async () => {
    const [one, other] = [await written('one.pth'), await written('other.pth')]
    expect(readFileSync(one).equals(readFileSync(other))).toBe(true)
  })

  it('makes the archive that torch.load reads: stored entries at multiples of 64, with version and byte order', async () => {
    const bytes = readFileSync(await written('b.pth'))
    const zip = await fromBufferPromise(bytes, { lazyEntries: true })
    const entries = new Map<string, Buffer>()
    for await (const entry of zip.eachEntry()) {
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
      expect(entry.compressionMethod).toBe(0)
      expect(fileDataStart % 64).toBe(0)
      const data = bytes.subarray(fileDataStart, fileDataStart + entry.uncompressedSize)
      expect(entry.crc32).toBe(crc32(data))
      entries.set(entry.fileName, bytes.subarray(fileDataStart, fileDataStart + entry.uncompressedSize))
    }
    expect(Array.from(entries.keys())).toEqual([
      'archive/data.pkl',
      'archive/.format_version',
      'archive/.storage_alignment',
      'archive/byteorder',
      'archive/data/0',
      'archive/data/1',
      'archive/data/2',
      'archive/version',
    ])
    expect(entries.get('archive/version')?.toString()).toBe('3\n')
    expect(entries.get('archive/byteorder')?.toString()).toBe('little')
  })
})
