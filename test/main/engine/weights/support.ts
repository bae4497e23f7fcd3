import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterAll, expect } from 'vitest'
import type { ErrorCode } from '../../../../src/shared/errors.ts'
import { ThawError } from '../../../../src/shared/errors.ts'
import { isReason } from '../../../../src/shared/reasons.ts'

/** A folder for the tests of one file, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'thaw-weights-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Expects a ThawError of this code, and gives it back for a look at its text. */
export async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<ThawError> {
  const error: unknown = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ThawError)
  expect((error as ThawError).code, (error as ThawError).message).toBe(code)
  // What is wrong with a file is told in the person's language; of a disk that does not let it be read the system's code is quoted.
  const { reason } = (error as ThawError).parameters
  if (reason !== undefined && code !== 'weights.unreadable')
    expect(reason, (error as ThawError).message).toSatisfy(isReason)
  return error as ThawError
}

/** Python objects for `pickled`: what JavaScript has no value for. */
export class Raw {
  readonly bytes: Buffer
  constructor(...parts: (Buffer | string | number[])[]) {
    this.bytes = Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    )
  }
}

export const global = (module: string, name: string) => new Raw(`c${module}\n${name}\n`)
export const tuple = (...items: unknown[]) => new Raw('(', ...items.map(encode), 't')
export const reduce = (callee: Raw, ...args: unknown[]) => new Raw(callee.bytes, tuple(...args).bytes, 'R')
export const ordered = () => reduce(global('collections', 'OrderedDict'))

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function encode(value: unknown): Buffer {
  if (value instanceof Raw) return value.bytes
  if (value === null) return Buffer.from('N')
  if (typeof value === 'boolean') return Buffer.from([value ? 0x88 : 0x89])
  if (typeof value === 'string')
    return Buffer.concat([Buffer.from('X'), uint32(Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(10)
    bytes.writeUInt8(0x8a)
    bytes.writeUInt8(8, 1)
    bytes.writeBigInt64LE(BigInt(value), 2)
    return bytes
  }
  if (typeof value === 'bigint') {
    const digits = Buffer.from(value.toString(16).padStart(20, '0'), 'hex').reverse()
    return Buffer.concat([Buffer.from([0x8a, digits.length]), digits])
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from(']('), ...value.map(encode), Buffer.from('e')])
  const items = Object.entries(value as object).flatMap(([key, item]) => [encode(key), encode(item)])
  return Buffer.concat([Buffer.from('}('), ...items, Buffer.from('u')])
}

/** A pickle of protocol 2, as Python writes it but without memo. */
export const pickled = (value: unknown): Buffer =>
  Buffer.concat([Buffer.from([0x80, 2]), encode(value), Buffer.from('.')])

export interface TensorOptions {
  key?: string
  type?: string
  elements?: number
  offset?: number
  shape?: number[]
  strides?: number[]
  device?: string
  part?: unknown
}

/** The pickle of a tensor: by default two floats in the storage "0". */
export function tensor({
  key = '0',
  type = 'FloatStorage',
  elements = 2,
  offset = 0,
  shape = [2],
  strides = [1],
  device = 'cpu',
  part,
}: TensorOptions = {}): Raw {
  const id = ['storage', global('torch', type), key, device, elements, ...(part === undefined ? [] : [part])]
  const storage = new Raw(tuple(...id).bytes, 'Q')
  return reduce(
    global('torch._utils', '_rebuild_tensor_v2'),
    storage,
    offset,
    tuple(...shape),
    tuple(...strides),
    false,
    ordered(),
  )
}

export interface ZipEntry {
  name: string
  data: Uint8Array
  deflate?: boolean
}

/** A zip archive, with whatever names are wanted. */
export function zipped(entries: ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data, deflate = false } of entries) {
    const stored = deflate ? deflateRawSync(data) : Buffer.from(data)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(deflate ? 8 : 0, 4)
    fields.writeUInt32LE(crc32(data), 10)
    fields.writeUInt32LE(stored.length, 14)
    fields.writeUInt32LE(data.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    parts.push(Buffer.from('PK\x03\x04'), fields, Buffer.from(name), stored)
    directory.push(
      Buffer.from('PK\x01\x02'),
      Buffer.from([20, 0]),
      fields,
      Buffer.alloc(10),
      uint32(offset),
      Buffer.from(name),
    )
    offset += 30 + Buffer.byteLength(name) + stored.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end])
}

export const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)

/** A zip-format .pth of a pickle and its storages by key. */
export function zipPth(pickle: Buffer, storages: Record<string, Buffer> = {}, more: ZipEntry[] = []): Buffer {
  return zipped([
    { name: 'any/data.pkl', data: pickle },
    ...Object.entries(storages).map(([key, data]) => ({ name: `any/data/${key}`, data })),
    ...more,
  ])
}

/** A legacy .pth of an object and its float storages by key. */
export function legacyPth(object: unknown, storages: Record<string, Buffer> = {}, elements?: number): Buffer {
  const sizes = (data: Buffer) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(elements ?? data.length / 4))
    return bytes
  }
  return Buffer.concat([
    // The magic number as Python writes it: ten bytes, lowest first.
    pickled(0x1950a86a20f9469cfc6cn),
    pickled(1001),
    pickled({ protocol_version: 1001, little_endian: true }),
    pickled(object),
    pickled(Object.keys(storages)),
    ...Object.values(storages).flatMap((data) => [sizes(data), data]),
  ])
}

/** A safetensors file with any header and data. */
export function safetensorsFile(header: string | object, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, data])
}

/** Writes files one after the other into a folder, each under a name of its own. */
export function fileMaker(folder: string, extension: string): (bytes: Uint8Array) => string {
  let made = 0
  return (bytes) => {
    made += 1
    const file = path.join(folder, `${made}${extension}`)
    writeFileSync(file, bytes)
    return file
  }
}
