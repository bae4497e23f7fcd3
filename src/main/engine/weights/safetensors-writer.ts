import { writeAtomic } from '../files.ts'
import { dtypes } from './dtypes.ts'
import type { OutgoingTensor } from './outgoing.ts'
import { outgoingBytes, outgoingChunks } from './outgoing.ts'

/**
 * Writes a safetensors file. Equal tensors and metadata give equal bytes, in whatever order they come: tensors stand by size
 * of element (so that each is aligned), then by name, as the reference implementation has them; metadata by key.
 * @throws ThawError `disk.full`, `output.unwritable`
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly OutgoingTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomic(file, safetensorsChunks(tensors, metadata))
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

async function* safetensorsChunks(
  tensors: readonly OutgoingTensor[],
  metadata: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array> {
  const ordered = tensors.toSorted(
    (a, b) => dtypes[b.dtype].size - dtypes[a.dtype].size || byName(a.name, b.name),
  )
  yield headerBytes(ordered, metadata)
  for (const tensor of ordered) yield* outgoingChunks(tensor)
}

function headerBytes(
  tensors: readonly OutgoingTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0
  const entries = tensors.map((tensor) => {
    const offsets = [at, (at += outgoingBytes(tensor))]
    const entry = { dtype: dtypes[tensor.dtype].safetensors, shape: tensor.shape, data_offsets: offsets }
    return `${JSON.stringify(tensor.name)}:${JSON.stringify(entry)}`
  })
  const keys = Object.keys(metadata).toSorted(byName)
  const described = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`)
  if (keys.length > 0) entries.unshift(`"__metadata__":{${described.join(',')}}`)
  const json = Buffer.from(`{${entries.join(',')}}`)
  // Spaces after the JSON let the values start at a multiple of 8.
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ')
  header.writeBigUInt64LE(BigInt(header.length - 8))
  json.copy(header, 8)
  return header
}
