import sharp from 'sharp'
import { expect, it } from 'vitest'
import { decodeBmp } from '../../../../src/main/engine/photos/bmp.ts'
import { coloursOf } from '../../../../src/main/engine/photos/colours.ts'
import { lookAt } from '../../../../src/main/engine/photos/look.ts'
import { pictureOfColours } from '../../../../src/shared/colours.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

/** The pixels that a page shows for these colours, six by six. */
async function shown(colours: string): Promise<number[][]> {
  const [head, base64] = pictureOfColours(colours)!.split(',')
  expect(head).toBe('data:image/bmp;base64')
  const { data, width, height } = await decodeBmp(Buffer.from(base64!, 'base64'), 'colours.bmp', () =>
    Promise.resolve(),
  )
  expect([width, height]).toEqual([6, 6])
  return Array.from({ length: 36 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)])
}

/** A picture whose pixel at (x, y) is what `colourAt` says. */
const picture = (width: number, height: number, colourAt: (x: number, y: number) => number[]) => ({
  data: Uint8Array.from(
    Array.from({ length: width * height }, (_, i) => colourAt(i % width, Math.floor(i / width))).flat(),
  ),
  width,
  height,
})

it('The colours of a photo are those of its middle square, the topmost first', async () => {
  const [red, green, blue] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ]
  // 18 wide, 12 high: three pixels at each side are no part of the middle.
  const cells = await shown(
    coloursOf(picture(18, 12, (x, y) => (x < 3 || x >= 15 ? red : y < 6 ? green : blue))),
  )
  expect(cells.slice(0, 18)).toEqual(Array.from({ length: 18 }, () => green))
  expect(cells.slice(18)).toEqual(Array.from({ length: 18 }, () => blue))
})

it('Each cell is the mean of its pixels, to the steps of 16 bits', async () => {
  const cells = await shown(
    coloursOf(picture(12, 24, (x, y) => [x * 20, y * 10, (x + y) % 2 === 0 ? 0 : 255])),
  )
  cells.forEach(([r, g, b], i) => {
    const [across, down] = [i % 6, Math.floor(i / 6)]
    expect(Math.abs(r! - (across * 2 + 0.5) * 20)).toBeLessThan(4.6)
    expect(Math.abs(g! - (6 + down * 2 + 0.5) * 10)).toBeLessThan(2.6)
    expect(Math.abs(b! - 127.5)).toBeLessThan(4.6)
  })
})

it('A photo that is smaller than its cells has the colours of its pixels', async () => {
  expect(new Set((await shown(coloursOf(picture(1, 1, () => [255, 0, 255])))).map(String))).toEqual(
    new Set(['255,0,255']),
  )
  const cells = await shown(coloursOf(picture(2, 2, (x) => (x === 0 ? [0, 0, 0] : [255, 255, 255]))))
  expect(cells.slice(0, 6).map(([r]) => r)).toEqual([0, 0, 0, 255, 255, 255])
})

it('What is no colours has no picture', () => {
  expect(pictureOfColours('AAAA')).toBeUndefined()
})

it('A look at a photo tells its colours, upright', async () => {
  const pixels = picture(60, 60, (x) => (x < 30 ? [255, 255, 255] : [0, 0, 0]))
  const png = sharp(pixels.data, { raw: { width: 60, height: 60, channels: 3 } })
  const file = await put(
    folder.path('turned.jpg'),
    await png.withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  )
  const cells = await shown((await lookAt(file)).colours)
  expect(cells.slice(0, 18).every(([r]) => r! > 240)).toBe(true)
  expect(cells.slice(18).every(([r]) => r! < 15)).toBe(true)
})
