/**
 * As much of protobuf's encoding as ONNX files need (protobuf.dev/programming-guides/encoding). Our own, since a library would
 * build the whole message in memory: here tensors stream into the file one by one.
 */

/** Bytes of known number, made when they are written. */
export interface Piece {
  bytes: number
  chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

const wireVarint = 0
const wireBytes = 2
const wireDouble = 1
const wireFloat = 5

/** A whole number in groups of seven bits, the lowest first; negative ones as 64 bits. */
function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return bytes
}

const key = (field: number, wire: number): number[] => varint((field << 3) | wire)

const whole = (bytes: Uint8Array): Piece => ({ bytes: bytes.length, chunks: () => [bytes] })

/** A whole number. */
export const int = (field: number, value: number | bigint): Piece =>
  whole(Uint8Array.from([...key(field, wireVarint), ...varint(value)]))

/** A number in single precision. */
export function float(field: number, value: number): Piece {
  const bytes = new Uint8Array(Float32Array.of(value).buffer)
  return whole(Uint8Array.from([...key(field, wireFloat), ...bytes]))
}

/** A number in double precision. */
export function double(field: number, value: number): Piece {
  const bytes = new Uint8Array(Float64Array.of(value).buffer)
  return whole(Uint8Array.from([...key(field, wireDouble), ...bytes]))
}

/** Bytes with their number before them: a text, data, or a message. */
export function delimited(field: number, content: Piece): Piece {
  const head = Uint8Array.from([...key(field, wireBytes), ...varint(content.bytes)])
  return {
    bytes: head.length + content.bytes,
    async *chunks() {
      yield head
      yield* content.chunks()
    },
  }
}

export const text = (field: number, value: string): Piece =>
  delimited(field, whole(Buffer.from(value, 'utf8')))

/** Parts one after the other. */
export const joined = (parts: readonly Piece[]): Piece => ({
  bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
  async *chunks() {
    for (const part of parts) yield* part.chunks()
  },
})

/** A message inside another one. */
export const message = (field: number, parts: readonly Piece[]): Piece => delimited(field, joined(parts))
