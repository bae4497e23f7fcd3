import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { Codec, StoredTensor, WeightFile } from './codec.ts'
import { slice, weightFile } from './codec.ts'
import { dtypes, fromSafetensors } from './dtypes.ts'
import { headerProblem } from './json-header.ts'
import type { Source } from './source.ts'
import { elementCount, rowMajor } from './strided.ts'

/**
 * safetensors: 8 bytes little-endian header length, a JSON header, then the values without gaps
 * (https://github.com/huggingface/safetensors, "Format"). Checked here as strictly as its reference implementation does.
 */

/** The format allows 100 MB; a header of 8 MB describes 80,000 tensors, and parsing JSON takes many times its size. */
const largestHeader = 2 ** 23

interface Entry {
  name: string
  dtype: string
  shape: number[]
  /** First byte and the one after the last, counted from the header's end. */
  offsets: [number, number]
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const safetensors: Codec = {
  format: 'safetensors',
  extensions: ['.safetensors'],
  sniff: (head, extension) => extension === '.safetensors' || (head.length > 9 && looksLikeHeader(head)),
  open: openSafetensors,
}

function looksLikeHeader(head: Uint8Array): boolean {
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true)
  return length <= largestHeader && /^\s*\{\s*"/.test(Buffer.from(head.subarray(8)).toString('latin1'))
}

async function openSafetensors(source: Source): Promise<WeightFile> {
  const damaged = (detail: string) =>
    new ThawError('weights.damaged', { file: source.path, ...because('header-wrong', { detail }) })
  if (source.size < 8) throw new ThawError('weights.truncated', { file: source.path, reason: 'no-header' })
  const start = await source.read(0, 8)
  const announced = new DataView(start.buffer).getBigUint64(0, true)
  if (announced > source.size - 8)
    throw new ThawError('weights.truncated', {
      file: source.path,
      ...because('header-longer', { bytes: String(announced), size: source.size }),
    })
  if (announced > largestHeader) throw damaged(`its header would take ${announced} bytes`)
  const length = Number(announced)
  const header = parseHeader(await source.read(8, length), damaged)
  const { __metadata__: metadata, ...rest } = header
  const entries = Object.entries(rest).map(([name, value]) => entryOf(name, value, damaged))
  const tensors = new Map<string, StoredTensor>()
  for (const { name, shape, dtype: typeName, offsets } of entries) {
    const dtype = fromSafetensors(typeName)
    if (!dtype)
      throw new ThawError('weights.unsupported', {
        file: source.path,
        ...because('unknown-type', { type: typeName }),
      })
    const bytes = elementCount(shape) * dtypes[dtype].size
    if (bytes !== offsets[1] - offsets[0])
      throw damaged(
        `${name} of shape [${shape.join(', ')}] needs ${bytes} bytes and has ${offsets[1] - offsets[0]}`,
      )
    const view = { dtype, shape, strides: rowMajor(shape), offset: 0 }
    tensors.set(name, { view, storage: slice(source, 8 + length + offsets[0], bytes) })
  }
  checkCover(entries, source, 8 + length, damaged)
  const about = { format: 'safetensors', metadata: metadataOf(metadata, damaged), found: {} } as const
  return weightFile(source, about, tensors)
}

type Damaged = (reason: string) => ThawError

function parseHeader(bytes: Uint8Array, damaged: Damaged): Record<string, unknown> {
  let header: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const problem = headerProblem(text)
    if (problem) throw damaged(problem)
    header = JSON.parse(text)
  } catch (error) {
    throw error instanceof ThawError ? error : damaged('its header is no JSON')
  }
  if (!isObject(header)) throw damaged('its header is no JSON object')
  return header
}

function metadataOf(value: unknown, damaged: Damaged): Record<string, string> {
  // Null is none, as for the reference implementation.
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw damaged('its metadata is no JSON object')
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw damaged(`its metadata “${key}” is no text`)
      return [key, text]
    }),
  )
}

function entryOf(name: string, value: unknown, damaged: Damaged): Entry {
  if (!isObject(value)) throw damaged(`${name} is not described`)
  const { dtype, shape, data_offsets: offsets, ...rest } = value
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw damaged(`${name} has an unknown field “${unknown}”`)
  if (typeof dtype !== 'string') throw damaged(`${name} has no type`)
  if (!Array.isArray(shape) || !shape.every(isCount) || !Number.isSafeInteger(elementCount(shape) * 8))
    throw damaged(`${name} has no valid shape`)
  if (!Array.isArray(offsets) || offsets.length !== 2) throw damaged(`${name} has no offsets`)
  const [first, end] = offsets as unknown[]
  if (!isCount(first) || !isCount(end) || end < first) throw damaged(`${name} has no valid offsets`)
  return { name, dtype, shape, offsets: [first, end] }
}

/** Every byte after the header belongs to exactly one tensor. */
function checkCover(entries: Entry[], source: Source, dataStart: number, damaged: Damaged): void {
  let at = 0
  for (const { name, offsets } of entries.toSorted(
    (a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1],
  )) {
    if (offsets[0] !== at)
      throw damaged(`${name} ${offsets[0] < at ? 'overlaps another tensor' : 'follows a gap'}`)
    at = offsets[1]
  }
  const left = source.size - dataStart - at
  if (left > 0) throw damaged(`${left} bytes at its end belong to no tensor`)
  if (left < 0)
    throw new ThawError('weights.truncated', {
      file: source.path,
      ...because('bytes-missing', { bytes: -left }),
    })
}
