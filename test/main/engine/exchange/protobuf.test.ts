import { describe, expect, it } from 'vitest'
import type { Piece } from '../../../../src/main/engine/exchange/protobuf.ts'
import { float, int, joined, message, text } from '../../../../src/main/engine/exchange/protobuf.ts'

async function bytesOf(piece: Piece): Promise<number[]> {
  const bytes: number[] = []
  for await (const chunk of piece.chunks()) bytes.push(...chunk)
  expect(bytes).toHaveLength(piece.bytes)
  return bytes
}

// The examples of protobuf.dev/programming-guides/encoding.
describe('protobuf’s encoding', () => {
  it('has whole numbers in groups of seven bits', async () => {
    expect(await bytesOf(int(1, 150))).toEqual([0x08, 0x96, 0x01])
    expect(await bytesOf(int(1, 0))).toEqual([0x08, 0x00])
    expect(await bytesOf(int(1, -1))).toEqual([0x08, ...Array.from({ length: 9 }, () => 0xff), 0x01])
  })

  it('has the number of bytes before texts and messages', async () => {
    expect(await bytesOf(text(2, 'testing'))).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67])
    expect(await bytesOf(message(3, [int(1, 150)]))).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01])
    expect(await bytesOf(text(1, '벌'))).toEqual([0x0a, 0x03, 0xeb, 0xb2, 0x8c])
  })

  it('has single precision in four bytes, the lowest first', async () => {
    expect(await bytesOf(float(2, 1.5))).toEqual([0x15, 0x00, 0x00, 0xc0, 0x3f])
  })

  it('puts parts one after the other, and fields above 15 into two bytes', async () => {
    expect(await bytesOf(joined([int(1, 1), int(20, 2)]))).toEqual([0x08, 0x01, 0xa0, 0x01, 0x02])
  })
})
