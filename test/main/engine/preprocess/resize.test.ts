import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { assembleResize, resizeModule } from '../../../../scripts/build/resizeModule.ts'
import type { Box } from '../../../../src/main/engine/preprocess/resize.ts'
import { resizedCrop } from '../../../../src/main/engine/preprocess/resize.ts'
import { mix } from '../../../../src/shared/random.ts'

const photoOf = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => mix(i) & 255),
})
const whole = (width: number, height: number): Box => ({ left: 0, top: 0, width, height })

/** A row of grey values as a photo one pixel high. */
const row = (...values: number[]) => ({
  width: values.length,
  height: 1,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
})
const greys = (pixels: Uint8Array) => [...pixels].filter((_, i) => i % 3 === 0)
const resizedRow = (values: number[], width: number, interpolation: 'bilinear' | 'bicubic') => {
  const size = { width, height: 1 }
  return greys(resizedCrop(row(...values), whole(values.length, 1), size, whole(width, 1), interpolation))
}

describe("Pillow's resize", () => {
  it.each(['bilinear', 'bicubic'] as const)(
    'leaves a photo of the same size as it is (%s)',
    (interpolation) => {
      const photo = photoOf(13, 7)
      expect(resizedCrop(photo, whole(13, 7), photo, whole(13, 7), interpolation)).toEqual(photo.data)
    },
  )

  // Values from Image.resize of Pillow 12.3
  it('widens the filter when it makes smaller, so that every pixel counts', () => {
    expect(resizedRow([0, 0, 255, 255, 0, 0, 255, 0], 4, 'bilinear')).toEqual([36, 191, 64, 109])
    expect(resizedRow([0, 0, 255, 255, 0, 0, 255, 0], 3, 'bicubic')).toEqual([82, 134, 90])
  })

  it('interpolates when it makes larger, and clips what a cubic overshoots', () => {
    expect(resizedRow([10, 200], 4, 'bilinear')).toEqual([10, 58, 153, 200])
    expect(resizedRow([0, 255, 255, 0], 8, 'bicubic')).toEqual([0, 48, 199, 255, 255, 199, 48, 0])
  })

  // SHA-256 of Image.resize's bytes, Pillow 13.0. Weights that are rounded otherwise move few bytes, and only of large pictures.
  it.each([
    [301, 203, 224, 224, 'bilinear', '9f15fd7e999312df0d2dee296ff6d9ec'],
    [301, 203, 224, 224, 'bicubic', 'e0978cae479def8471e78777f121de36'],
    [150, 113, 224, 320, 'bilinear', 'a2aee91c41119413bdd34c030121aa92'],
    [150, 113, 224, 320, 'bicubic', 'ba6bfffa6c62d8e80119f85d5f91db11'],
  ] as const)('makes noise of %i × %i to %i × %i as Pillow does, to the byte (%s)', (...given) => {
    const [width, height, across, down, interpolation, expected] = given
    const size = { width: across, height: down }
    const bytes = resizedCrop(
      photoOf(width, height),
      whole(width, height),
      size,
      whole(across, down),
      interpolation,
    )
    expect(createHash('sha256').update(bytes).digest('hex').slice(0, 32)).toBe(expected)
  })

  it.each(['bilinear', 'bicubic'] as const)(
    'computes a window alone as it computes all (%s)',
    (interpolation) => {
      const photo = photoOf(50, 31)
      const box = { left: 3, top: 2, width: 40, height: 25 }
      const size = { width: 22, height: 34 }
      const all = resizedCrop(photo, box, size, whole(22, 34), interpolation)
      const window = { left: 5, top: 9, width: 11, height: 13 }
      const part = resizedCrop(photo, box, size, window, interpolation)
      for (let y = 0; y < window.height; y += 1) {
        const from = ((window.top + y) * size.width + window.left) * 3
        expect(part.subarray(y * 33, (y + 1) * 33)).toEqual(all.subarray(from, from + 33))
      }
    },
  )

  it('cuts first: nothing outside the box has a say', () => {
    const photo = photoOf(20, 20)
    const box = { left: 5, top: 6, width: 8, height: 9 }
    const cut = new Uint8Array(box.width * box.height * 3)
    for (let y = 0; y < box.height; y += 1) {
      const from = ((box.top + y) * 20 + box.left) * 3
      cut.set(photo.data.subarray(from, from + box.width * 3), y * box.width * 3)
    }
    const alone = { data: cut, width: box.width, height: box.height }
    const size = { width: 5, height: 12 }
    expect(resizedCrop(photo, box, size, whole(5, 12), 'bicubic')).toEqual(
      resizedCrop(alone, whole(box.width, box.height), size, whole(5, 12), 'bicubic'),
    )
  })

  it('lays large photos into its memory stripe by stripe, which changes no byte', () => {
    // Of 2 MiB: three stripes. Its lower half alone is one and a half, so they begin elsewhere.
    const photo = photoOf(700, 1000)
    const size = { width: 90, height: 128 }
    const all = resizedCrop(photo, whole(700, 1000), size, whole(90, 128), 'bicubic')
    const lower = resizedCrop(
      photo,
      whole(700, 1000),
      size,
      { left: 0, top: 64, width: 90, height: 64 },
      'bicubic',
    )
    expect(lower).toEqual(all.subarray(64 * 90 * 3))
  })

  it('is resize.wat put together', async () => {
    expect(Buffer.from(await assembleResize())).toEqual(await readFile(resizeModule))
  })
})
