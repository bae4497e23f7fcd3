import { describe, expect, it } from 'vitest'
import { decodePhoto } from '../../../../src/main/engine/photos/decode.ts'
import type { BmpParts } from '../../../support/bmp.ts'
import { bmp, fourColours, masks565 } from '../../../support/bmp.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const [black, red, green, blue] = [
  [0, 0, 0],
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const

const cases: [string, BmpParts, (readonly number[])[]][] = [
  [
    '24 bits, rows from the bottom',
    { width: 1, height: 2, bits: 24, pixels: [255, 0, 0, 0, 0, 0, 255, 0] },
    [red, blue],
  ],
  [
    '24 bits, rows from the top',
    { width: 1, height: -2, bits: 24, pixels: [255, 0, 0, 0, 0, 0, 255, 0] },
    [blue, red],
  ],
  ['32 bits', { width: 2, height: 1, bits: 32, pixels: [0, 0, 255, 9, 0, 255, 0, 9] }, [red, green]],
  [
    '16 bits, five a channel',
    { width: 2, height: 1, bits: 16, pixels: [0x00, 0x7c, 0xe0, 0x03] },
    [red, green],
  ],
  [
    '16 bits with masks 5-6-5, spread as Pillow does',
    { width: 2, height: 1, bits: 16, compression: 3, table: masks565, pixels: [0x00, 0x80, 0xe0, 0x07] },
    [[131, 0, 0], green],
  ],
  [
    '8 bits with a palette',
    { width: 3, height: 1, bits: 8, table: fourColours, pixels: [3, 1, 2, 0] },
    [blue, red, green],
  ],
  [
    '4 bits with a palette',
    { width: 3, height: 1, bits: 4, table: fourColours, pixels: [0x31, 0x20, 0, 0] },
    [blue, red, green],
  ],
  [
    '1 bit with a palette',
    { width: 3, height: 1, bits: 1, table: fourColours.slice(0, 8), pixels: [0b10100000, 0, 0, 0] },
    [red, black, red],
  ],
  [
    '8 bits in runs: a run, a literal, a jump, the end',
    {
      width: 4,
      height: 2,
      bits: 8,
      compression: 1,
      table: fourColours,
      pixels: [2, 1, 0, 2, 1, 0, 2, 3, 0, 0, 0, 3, 1, 2, 3, 0, 0, 1],
    },
    [red, green, blue, black, red, red, black, blue],
  ],
  [
    '4 bits in runs',
    { width: 4, height: 1, bits: 4, compression: 2, table: fourColours, pixels: [3, 0x12, 1, 0x30, 0, 1] },
    [red, green, red, blue],
  ],
]

describe('bitmaps', () => {
  it.each(cases)('%s', async (_, parts, expected) => {
    const photo = await decodePhoto(await put(folder.path('a.bmp'), bmp(parts)))
    expect([photo.width, photo.height]).toEqual([parts.width, Math.abs(parts.height)])
    expect([...photo.data]).toEqual(expected.flat())
  })

  it.each([
    ['cut within its pixels', bmp({ width: 9, height: 9, bits: 24, pixels: [1, 2, 3] }), 'photo.truncated'],
    ['cut within its header', bmp(cases[0]![1]).subarray(0, 30), 'photo.truncated'],
    ['without a size', bmp({ width: 0, height: 1, bits: 24, pixels: [] }), 'photo.damaged'],
    [
      'of 7 bits',
      bmp({ width: 1, height: 1, bits: 7, pixels: new Array<number>(600).fill(0) }),
      'photo.unsupported',
    ],
    [
      'that claims to be huge',
      bmp({ width: 2 ** 30, height: 2 ** 30, bits: 24, pixels: [0] }),
      'photo.too-large',
    ],
  ])('one %s is refused', async (_, bytes, code) => {
    const file = await put(folder.path('bad.bmp'), bytes)
    await expect(decodePhoto(file)).rejects.toMatchObject({ code })
  })
})
