/**
 * The element types that weight files hold, as PyTorch calls them, and how each becomes float32, the one type Thaw computes
 * with.
 */
interface ElementType {
  /** Bytes an element. */
  size: number
  /** Its name in safetensors headers. */
  safetensors: string
  /** Its storage class in PyTorch's pickles. */
  storage: string
}

export const dtypes = {
  float32: { size: 4, safetensors: 'F32', storage: 'FloatStorage' },
  float64: { size: 8, safetensors: 'F64', storage: 'DoubleStorage' },
  float16: { size: 2, safetensors: 'F16', storage: 'HalfStorage' },
  bfloat16: { size: 2, safetensors: 'BF16', storage: 'BFloat16Storage' },
  int64: { size: 8, safetensors: 'I64', storage: 'LongStorage' },
  int32: { size: 4, safetensors: 'I32', storage: 'IntStorage' },
  int16: { size: 2, safetensors: 'I16', storage: 'ShortStorage' },
  int8: { size: 1, safetensors: 'I8', storage: 'CharStorage' },
  uint8: { size: 1, safetensors: 'U8', storage: 'ByteStorage' },
  bool: { size: 1, safetensors: 'BOOL', storage: 'BoolStorage' },
} as const satisfies Record<string, ElementType>

export type DType = keyof typeof dtypes

const names = Object.keys(dtypes) as DType[]

export const isDType = (name: string): name is DType => Object.hasOwn(dtypes, name)

/** The type that safetensors calls `name`, if it is one we read. */
export const fromSafetensors = (name: string): DType | undefined =>
  names.find((dtype) => dtypes[dtype].safetensors === name)

/** The type of a PyTorch storage class ("FloatStorage"), if it is one we read. */
export const fromStorageClass = (name: string): DType | undefined =>
  names.find((dtype) => dtypes[dtype].storage === name)

/** float32 bits of an IEEE 754 half: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function halfBits(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  // Subnormal halves are normal floats: the leading bit becomes the hidden one.
  const shift = Math.clz32(fraction) - 21
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13)
}

let halves: Uint32Array | undefined

function mapped(source: Uint16Array, bits: (value: number) => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(source.length)
  const target = new Uint32Array(values.buffer)
  for (let i = 0; i < source.length; i += 1) target[i] = bits(source[i]!)
  return values
}

/**
 * Little-endian elements as float32: a view where they are float32 already, else a copy.
 * @param bytes starts at a multiple of the element's size in its buffer
 */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, dtype: DType): Float32Array<ArrayBuffer> {
  const at = [bytes.buffer, bytes.byteOffset, bytes.length / dtypes[dtype].size] as const
  switch (dtype) {
    case 'float32':
      return new Float32Array(...at)
    case 'float64':
      return new Float32Array(new Float64Array(...at))
    case 'float16': {
      halves ??= Uint32Array.from({ length: 65536 }, (_, half) => halfBits(half))
      const table = halves
      return mapped(new Uint16Array(...at), (half) => table[half]!)
    }
    case 'bfloat16':
      return mapped(new Uint16Array(...at), (high) => high << 16)
    case 'int64':
      return Float32Array.from(new BigInt64Array(...at), Number)
    case 'int32':
      return new Float32Array(new Int32Array(...at))
    case 'int16':
      return new Float32Array(new Int16Array(...at))
    case 'int8':
      return new Float32Array(new Int8Array(...at))
    case 'uint8':
    case 'bool':
      return new Float32Array(new Uint8Array(...at))
  }
}

/** Turns big-endian elements into little-endian ones, in place. */
export function swapBytes(bytes: Uint8Array<ArrayBuffer>, dtype: DType): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const { size } = dtypes[dtype]
  if (size === 2) buffer.swap16()
  if (size === 4) buffer.swap32()
  if (size === 8) buffer.swap64()
}
