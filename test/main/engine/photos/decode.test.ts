import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodePhoto } from '../../../../src/main/engine/photos/decode.ts'
import { cmykToRgb } from '../../../../src/main/engine/photos/pixels.ts'
import { uprightSize } from '../../../../src/main/engine/photos/upright.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const heic = fileURLToPath(new URL('../../../fixtures/quadrants.heic', import.meta.url))

/** Left half one colour, right half another: 32 × 16. */
const leftRight = Uint8Array.from({ length: 32 * 16 * 3 }, (_, i) =>
  Math.floor(i / 3) % 32 < 16 ? [200, 30, 60][i % 3]! : [20, 90, 220][i % 3]!,
)
const picture = () => sharp(leftRight, { raw: { width: 32, height: 16, channels: 3 } })

async function decoded(name: string, bytes: Uint8Array) {
  const { data, width, height } = await decodePhoto(await put(folder.path(name), bytes))
  return {
    width,
    height,
    at: (x: number, y: number) => [...data.subarray((y * width + x) * 3).subarray(0, 3)],
  }
}

const near = (a: number[], b: number[], by: number) =>
  expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]!)))).toBeLessThanOrEqual(by)

describe('a photo of each format is decoded to RGB', () => {
  it.each([
    ['a.png', () => picture().png().toBuffer(), 0],
    ['a.tif', () => picture().tiff().toBuffer(), 12],
    ['a.webp', () => picture().webp({ lossless: true }).toBuffer(), 0],
    ['a.gif', () => picture().gif().toBuffer(), 2],
    ['a.jpg', () => picture().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), 6],
    ['a.avif', () => picture().avif({ quality: 90, effort: 0 }).toBuffer(), 8],
  ])('%s', async (name, make, tolerance) => {
    const photo = await decoded(name, await make())
    expect([photo.width, photo.height]).toEqual([32, 16])
    near(photo.at(4, 8), [200, 30, 60], tolerance)
    near(photo.at(28, 8), [20, 90, 220], tolerance)
  })

  it('HEIC: upright as the file says, not turned again by its EXIF, its colour profile ignored', async () => {
    const { data, width, height } = await decodePhoto(heic)
    expect([width, height]).toEqual([64, 48])
    const at = (x: number, y: number) => [...data.subarray((y * width + x) * 3).subarray(0, 3)]
    near(at(10, 10), [220, 40, 40], 2)
    near(at(50, 10), [40, 200, 40], 2)
    near(at(10, 40), [40, 40, 220], 2)
    near(at(50, 40), [128, 128, 128], 2)
  })

  it('by what is in it, whatever its name says', async () => {
    const photo = await decoded('really a png.jpg', await picture().png().toBuffer())
    expect(photo.at(0, 0)).toEqual([200, 30, 60])
  })

  it.each(['사진 한 장.png', "it's “quoted”.png", 'two\nlines.png'])('under the name %j', async (name) => {
    expect((await decoded(name, await picture().png().toBuffer())).width).toBe(32)
  })
})

describe('pixels are what Pillow gives', () => {
  it('EXIF orientation is applied', async () => {
    // 6: the camera was held upright, its left side up
    const photo = await decoded(
      'turned.png',
      await picture().withMetadata({ orientation: 6 }).png().toBuffer(),
    )
    expect([photo.width, photo.height]).toEqual([16, 32])
    expect(photo.at(8, 4)).toEqual([200, 30, 60])
    expect(photo.at(8, 28)).toEqual([20, 90, 220])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'orientation %i told by XMP alone is applied as EXIF’s is',
    async (told) => {
      const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><Description tiff:Orientation="${told}"/></x:xmpmeta>`
      const corner = { create: { width: 6, height: 4, channels: 3, background: 'red' } } as const
      const drawn = await sharp(await picture().resize(24, 16).png().toBuffer())
        .composite([{ input: corner, left: 0, top: 0 }])
        .png()
        .toBuffer()
      const byXmp = await put(folder.path('xmp.png'), await sharp(drawn).withXmp(xmp).png().toBuffer())
      const byExif = await put(
        folder.path('exif.png'),
        await sharp(drawn).withMetadata({ orientation: told }).png().toBuffer(),
      )
      const photo = await decodePhoto(byExif)
      expect(await decodePhoto(byXmp)).toEqual(photo)
      // What is said of a photo that is not decoded whole.
      for (const file of [byXmp, byExif])
        expect(uprightSize(await sharp(file).metadata())).toEqual({
          width: photo.width,
          height: photo.height,
        })
    },
  )

  it('XMP turns nothing that EXIF says is upright', async () => {
    const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><Description tiff:Orientation="6"/></x:xmpmeta>'
    const both = picture().withMetadata({ orientation: 1 }).withXmp(xmp)
    const photo = await decoded('both.jpg', await both.jpeg().toBuffer())
    expect([photo.width, photo.height]).toEqual([32, 16])
  })

  it('a colour profile is ignored: bytes are taken as they are', async () => {
    const photo = await decoded('p3.png', await picture().withIccProfile('p3').png().toBuffer())
    // sRGB's 200, 30, 60 in Display P3.
    near(photo.at(4, 8), [184, 50, 64], 3)
  })

  it('what is transparent keeps its colour', async () => {
    const seen = (alpha: number) => picture().ensureAlpha(alpha).png().toBuffer()
    for (const alpha of [0, 0.5])
      expect((await decoded('clear.png', await seen(alpha))).at(4, 8)).toEqual([200, 30, 60])
  })

  it('grey is repeated in all three channels', async () => {
    const grey = new Uint8Array(64).fill(77)
    const png = await sharp(grey, { raw: { width: 8, height: 8, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer()
    expect((await decoded('grey.png', png)).at(3, 3)).toEqual([77, 77, 77])
  })

  it.each([1, 3] as const)('of 16 bits the upper 8 are kept (%i channels)', async (channels) => {
    const deep = new Uint16Array(64 * channels).fill(0x4d80)
    const png = await sharp(deep, { raw: { width: 8, height: 8, channels } })
      .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
      .png()
      .toBuffer()
    expect((await sharp(png).metadata()).depth).toBe('ushort')
    expect((await decoded(`deep-${channels}.png`, png)).at(3, 3)).toEqual([0x4d, 0x4d, 0x4d])
  })

  it('ink becomes light without a colour profile: 255 − black, less the coloured ink', async () => {
    expect([...cmykToRgb(Uint8Array.of(255, 128, 0, 55))]).toEqual([0, 100, 200])
    const photo = await decoded('ink.jpg', await picture().toColourspace('cmyk').jpeg().toBuffer())
    const [red, , blue] = photo.at(4, 8)
    expect(red).toBeGreaterThan(blue! + 60)
    expect(photo.at(28, 8)[2]).toBeGreaterThan(150)
  })
})

describe('what cannot be decoded is named', () => {
  it.each([
    ['empty.jpg', () => Buffer.alloc(0), 'photo.empty'],
    [
      'text.jpg',
      () => Buffer.from('This is no photo at all, only a text of some length.'),
      'photo.not-a-photo',
    ],
    ['short.jpg', () => Buffer.from('\xff\xd8\xff', 'latin1'), 'photo.truncated'],
    ['svg.png', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'photo.not-a-photo'],
    ['layers.jpg', () => Buffer.from('8BPS\0\x01 and so on'), 'photo.unsupported'],
    ['film.jpg', () => Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom'), 'photo.unsupported'],
  ])('%s', async (name, make, code) => {
    const file = await put(folder.path(name), make())
    await expect(decodePhoto(file)).rejects.toMatchObject({ code, parameters: { file } })
  })

  it.each(['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'] as const)(
    'a %s that is cut short',
    async (format) => {
      const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
      const whole = await sharp({
        create: { width: 64, height: 64, channels: 3, background: 'white', noise },
      })
        .toFormat(
          format,
          format === 'avif' ? { effort: 0 } : format === 'tiff' ? { compression: 'none' } : {},
        )
        .toBuffer()
      for (const share of [0.5, 0.9]) {
        const file = await put(folder.path(`cut.${format}`), whole.subarray(0, whole.length * share))
        await expect(decodePhoto(file)).rejects.toMatchObject({ code: 'photo.truncated' })
      }
    },
  )

  it('a HEIC that is cut short', async () => {
    const file = await put(folder.path('cut.heic'), readFileSync(heic).subarray(0, 1100))
    await expect(decodePhoto(file)).rejects.toMatchObject({ code: 'photo.truncated' })
  })

  it('a PNG that is damaged in its middle', async () => {
    const png = await picture().png().toBuffer()
    png.fill(0x55, 45, 60)
    const file = await put(folder.path('damaged.png'), png)
    await expect(decodePhoto(file)).rejects.toMatchObject({ code: 'photo.damaged' })
  })

  it('a missing file, and a folder', async () => {
    await expect(decodePhoto(folder.path('nowhere.jpg'))).rejects.toMatchObject({ code: 'photo.missing' })
    await mkdir(folder.path('folder.jpg'))
    await expect(decodePhoto(folder.path('folder.jpg'))).rejects.toMatchObject({ code: 'photo.unreadable' })
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('a locked file', async () => {
    const file = await put(folder.path('locked.jpg'), 'x')
    await chmod(file, 0)
    await expect(decodePhoto(file)).rejects.toMatchObject({ code: 'photo.unreadable' })
  })

  it.skipIf(process.platform === 'win32')('a named pipe, without waiting for a writer', async () => {
    const pipe = folder.path('pipe.jpg')
    execFileSync('mkfifo', [pipe])
    await expect(decodePhoto(pipe)).rejects.toMatchObject({ code: 'photo.not-a-photo' })
  })

  it('more pixels than the limit, before any is decoded', async () => {
    const png = await sharp({ create: { width: 30_000, height: 40, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const file = await put(folder.path('wide.png'), png)
    const parameters = { file, width: 30_000, height: 40, limit: 1 }
    await expect(decodePhoto(file, { maxMegapixels: 1 })).rejects.toMatchObject({
      code: 'photo.too-large',
      parameters,
    })
    expect(await decodePhoto(file)).toMatchObject({ width: 30_000, height: 40 })
  })
})
