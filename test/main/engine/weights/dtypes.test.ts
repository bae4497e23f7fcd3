import { describe, expect, it } from 'vitest'
import type { DType } from '../../../../src/main/engine/weights/dtypes.ts'
import { swapBytes, toFloat32 } from '../../../../src/main/engine/weights/dtypes.ts'

const read = (array: { buffer: ArrayBuffer }, dtype: DType) =>
  Array.from(toFloat32(new Uint8Array(array.buffer), dtype))

describe('elements as float32', () => {
  it('reads every kind of half: zero, subnormal, normal, largest, infinite, not a number', () => {
    const halves = [
      0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
    ]
    expect(read(Uint16Array.from(halves), 'float16')).toEqual([
      0,
      -0,
      2 ** -24,
      -1023 * 2 ** -24,
      2 ** -14,
      1,
      -2,
      0.333251953125,
      65504,
      Infinity,
      -Infinity,
      NaN,
    ])
  })

  it('agrees with the platform on all 65,536 halves', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i)
    const view = new DataView(halves.buffer) as DataView & {
      getFloat16: (at: number, little: boolean) => number
    }
    const expected = Array.from(halves, (_, i) => view.getFloat16(2 * i, true))
    expect(read(halves, 'float16')).toEqual(expected)
  })

  it('reads bfloat16 as the upper half of a float32', () => {
    expect(read(Uint16Array.from([0x3f80, 0xc000, 0x3eab, 0xff80]), 'bfloat16')).toEqual([
      1,
      -2,
      0.333984375,
      -Infinity,
    ])
  })

  it('rounds doubles, and turns integers and truth values into numbers', () => {
    expect(read(Float64Array.from([0.1, 1e300]), 'float64')).toEqual([Math.fround(0.1), Infinity])
    expect(read(BigInt64Array.from([-3n, 2n ** 40n]), 'int64')).toEqual([-3, 2 ** 40])
    expect(read(Int32Array.from([-7]), 'int32')).toEqual([-7])
    expect(read(Int16Array.from([-300]), 'int16')).toEqual([-300])
    expect(read(Int8Array.from([-1]), 'int8')).toEqual([-1])
    expect(read(Uint8Array.from([255]), 'uint8')).toEqual([255])
    expect(read(Uint8Array.from([1, 0]), 'bool')).toEqual([1, 0])
  })

  it('turns big-endian elements around', () => {
    const bytes = Uint8Array.from([0x3f, 0x80, 0, 0])
    swapBytes(bytes, 'float32')
    expect(Array.from(toFloat32(bytes, 'float32'))).toEqual([1])
  })
})
