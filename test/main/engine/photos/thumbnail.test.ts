import { fileURLToPath } from 'node:url'
import type { Sharp } from 'sharp'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { thumbnail } from '../../../../src/main/engine/photos/thumbnail.ts'
import { bmp } from '../../../support/bmp.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const heic = fileURLToPath(new URL('../../../fixtures/quadrants.heic', import.meta.url))

async function shown(file: string, size: number) {
  const small = await thumbnail(file, size)
  expect((await sharp(small).metadata()).format).toBe('jpeg')
  const { data, info } = await sharp(small).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return {
    width: info.width,
    height: info.height,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)],
  }
}

describe('a thumbnail', () => {
  it.each([
    ['EXIF', (image: Sharp) => image.withMetadata({ orientation: 6 })],
    ['XMP', (image: Sharp) => image.withXmp('<x:xmpmeta tiff:Orientation="6"/>')],
  ])('fits the size, upright by %s', async (by, told) => {
    const turned = await told(sharp(await jpeg({ r: 9, g: 99, b: 9 }, 90, 60))).toBuffer()
    const small = await shown(await put(folder.path(`turned-${by}.jpg`), turned), 30)
    expect([small.width, small.height]).toEqual([20, 30])
  })

  it('is never larger than the photo', async () => {
    const file = await put(folder.path('small.jpg'), await jpeg({ r: 9, g: 9, b: 9 }, 12, 10))
    expect(await shown(file, 200)).toMatchObject({ width: 12, height: 10 })
  })

  it('of a HEIC shows the colours of its profile, which swaps red and blue', async () => {
    const small = await shown(heic, 32)
    expect([small.width, small.height]).toEqual([32, 24])
    const [red, , blue] = small.at(5, 5)
    expect(red).toBeLessThan(60)
    expect(blue).toBeGreaterThan(200)
  })

  it('of a BMP', async () => {
    const file = await put(
      folder.path('a.bmp'),
      bmp({ width: 1, height: 1, bits: 24, pixels: [0, 0, 255, 0] }),
    )
    expect((await shown(file, 10)).at(0, 0)[0]).toBeGreaterThan(230)
  })

  it('of a photo that is cut short shows what is left', async () => {
    const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'green' } })
      .png({ compressionLevel: 0 })
      .toBuffer()
    const file = await put(folder.path('cut.png'), whole.subarray(0, 9000))
    expect(await shown(file, 32)).toMatchObject({ width: 32, height: 32 })
  })

  it('of no photo is an error', async () => {
    const file = await put(folder.path('text.jpg'), 'no photo')
    await expect(thumbnail(file, 32)).rejects.toMatchObject({ code: 'photo.not-a-photo' })
  })
})
