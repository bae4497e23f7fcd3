import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { coarsePicture } from '../../../../src/main/engine/photos/coarse.ts'
import { barred, withExifThumbnail } from '../../../support/exifThumbnail.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const red = { r: 200, g: 20, b: 20 }
const blue = { r: 20, g: 20, b: 200 }

async function shown(name: string, photo: Buffer) {
  const picture = await coarsePicture(await put(folder.path(name), photo))
  if (!picture) return undefined
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true })
  const corner = [...data.subarray(0, 3)]
  return { width: info.width, height: info.height, corner, end: [...data.subarray(data.length - 3)] }
}

describe('a coarse picture', () => {
  it('is what the camera wrote into the photo, not the photo', async () => {
    const photo = withExifThumbnail(await jpeg(red, 640, 480), await jpeg(blue, 160, 120))
    const found = await shown('a.jpg', photo)
    expect(found).toMatchObject({ width: 160, height: 120 })
    expect(found!.corner[2]).toBeGreaterThan(180)
  })

  it('goes as the camera wrote it where nothing is to be turned, cut off or made larger, and not where it is broken', async () => {
    const small = await jpeg(blue, 160, 120)
    const whole = await put(folder.path('whole.jpg'), withExifThumbnail(await jpeg(red, 640, 480), small))
    expect(await coarsePicture(whole)).toEqual(small)
    const cut = small.subarray(0, small.length / 2)
    const broken = await put(folder.path('cut.jpg'), withExifThumbnail(await jpeg(red, 640, 480), cut))
    expect(await coarsePicture(broken)).toBeUndefined()
  })

  it('is upright, and of the size that a page knows it by', async () => {
    const photo = withExifThumbnail(await jpeg(red, 640, 480), await jpeg(blue, 80, 60), 6)
    expect(await shown('turned.jpg', photo)).toMatchObject({ width: 120, height: 160 })
    const ofSize = withExifThumbnail(await jpeg(red, 640, 480), await jpeg(blue, 160, 120), 6)
    expect(await shown('ofSize.jpg', ofSize)).toMatchObject({ width: 120, height: 160 })
  })

  it('has the shape of the photo: black bars are cut off', async () => {
    const small = await barred(blue, { width: 160, height: 120, inner: 80 })
    const found = await shown('bars.jpg', withExifThumbnail(await jpeg(red, 320, 480), small))
    expect(found).toMatchObject({ width: 107, height: 160 })
    for (const pixel of [found!.corner, found!.end]) expect(pixel[2]).toBeGreaterThan(150)
  })

  it('is there of a photo whose pixels are not: none is decoded', async () => {
    const photo = withExifThumbnail(await jpeg(red, 640, 480), await jpeg(blue, 160, 120))
    expect(await shown('cut.jpg', photo.subarray(0, photo.length - 800))).toMatchObject({ width: 160 })
  })

  it.each([
    ['without one', () => jpeg(red, 640, 480)],
    ['with a damaged one', async () => withExifThumbnail(await jpeg(red), Buffer.from('rubbish'))],
    [
      'of another format',
      () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: red } })
          .png()
          .toBuffer(),
    ],
    ['that is none', () => Promise.resolve(Buffer.from('no photo'))],
  ])('is undefined for a photo %s', async (name, make) => {
    expect(await shown(`${name}.jpg`, await make())).toBeUndefined()
  })

  it('is undefined for a photo that is gone', async () => {
    expect(await coarsePicture(folder.path('gone.jpg'))).toBeUndefined()
  })
})
