import { createHash } from 'node:crypto'

/**
 * What turns the bytes of a changed file back into those it had: the bytes that both share at their beginnings and ends are taken
 * from the changed one, the middle is kept. Keywords change little of a photo, so this is small, and exact.
 *
 * As bytes: the two hashes (32 each), the lengths of beginning and end (8 each, big-endian), the original's middle.
 */
export interface Delta {
  /** SHA-256 of the file before and after, in hex. */
  before: string
  after: string
  head: number
  tail: number
  middle: Uint8Array
}

const headerBytes = 32 + 32 + 8 + 8

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export function deltaOf(before: Uint8Array, after: Uint8Array): Delta {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  return {
    before: sha256(before),
    after: sha256(after),
    head,
    tail,
    middle: before.subarray(head, before.length - tail),
  }
}

/** The original bytes; undefined if `after` is not the file that the delta belongs to. */
export function restore(after: Uint8Array, delta: Delta): Uint8Array | undefined {
  if (sha256(after) !== delta.after) return undefined
  const before = Buffer.concat([
    after.subarray(0, delta.head),
    delta.middle,
    after.subarray(after.length - delta.tail),
  ])
  return sha256(before) === delta.before ? before : undefined
}

export function encodeDelta({ before, after, head, tail, middle }: Delta): Uint8Array {
  const header = Buffer.alloc(headerBytes)
  header.write(before, 0, 'hex')
  header.write(after, 32, 'hex')
  header.writeBigUInt64BE(BigInt(head), 64)
  header.writeBigUInt64BE(BigInt(tail), 72)
  return Buffer.concat([header, middle])
}

/** undefined if the bytes are no whole delta. */
export function decodeDelta(bytes: Buffer): Delta | undefined {
  if (bytes.length < headerBytes) return undefined
  return {
    before: bytes.toString('hex', 0, 32),
    after: bytes.toString('hex', 32, 64),
    head: Number(bytes.readBigUInt64BE(64)),
    tail: Number(bytes.readBigUInt64BE(72)),
    middle: bytes.subarray(headerBytes),
  }
}
