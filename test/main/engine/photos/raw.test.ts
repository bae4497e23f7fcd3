import { hash } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { scanFolder } from '../../../../src/main/engine/datasets/scan.ts'
import { lookAt } from '../../../../src/main/engine/photos/look.ts'
import { decodePhoto } from '../../../../src/main/engine/photos/decode.ts'
import { closeRawReader } from '../../../../src/main/engine/photos/raw.ts'
import { thumbnail } from '../../../../src/main/engine/photos/thumbnail.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'
import { rawFile } from '../../../support/raw.ts'

const folder = temporaryFolder()
afterAll(closeRawReader)

/** 48 × 32, its left half red. */
const pixels = Buffer.alloc(48 * 32 * 3)
for (let i = 0; i < 48 * 32; i += 1) pixels[i * 3 + (i % 48 < 24 ? 0 : 2)] = 200
const jpeg = await sharp(pixels, { raw: { width: 48, height: 32, channels: 3 } })
  .jpeg({ quality: 95 })
  .toBuffer()

describe('a RAW file', () => {
  it('is the JPEG inside it, pixel for pixel', async () => {
    const raw = await put(folder.path('camera/one.nef'), rawFile({ jpeg }))
    const same = await put(folder.path('camera/one.jpg'), jpeg)
    expect(await decodePhoto(raw)).toEqual(await decodePhoto(same))
    expect((await sharp(await thumbnail(raw, 24)).metadata()).width).toBe(24)
  })

  it('is turned as the RAW file says, unless its JPEG says it itself', async () => {
    const onSide = await put(folder.path('turned/six.NEF'), rawFile({ jpeg, orientation: 6 }))
    const { width, height, data } = await decodePhoto(onSide)
    expect([width, height]).toEqual([32, 48])
    // The left half lies above now.
    expect([data[0]! > 150, data.at(-1)! > 150]).toEqual([true, true])
    const told = await sharp(jpeg).withMetadata({ orientation: 1 }).toBuffer()
    const upright = await put(folder.path('turned/own.nef'), rawFile({ jpeg: told, orientation: 6 }))
    expect(await decodePhoto(upright)).toMatchObject({ width: 48, height: 32 })
  })

  it('tells camera and time of its own EXIF, and its hash is that of the whole file', async () => {
    const bytes = rawFile({ jpeg, model: 'NIKON Z 9', taken: '2026:11:25 14:03:59' })
    const file = await put(folder.path('facts/a.nef'), bytes)
    expect(await lookAt(file)).toMatchObject({
      camera: 'NIKON CORPORATION NIKON Z 9',
      taken: Date.UTC(2026, 10, 25, 14, 3, 59),
      hash: hash('sha256', bytes, 'hex'),
    })
  })

  it('with a preview alone is that preview', async () => {
    const file = await put(folder.path('preview/a.dng'), rawFile({ preview: jpeg }))
    expect(await decodePhoto(file)).toMatchObject({ width: 48, height: 32 })
  })

  it('is a photo of its folder; one without a JPEG is named with its reason', async () => {
    await put(folder.path('set/ants/a.nef'), rawFile({ jpeg }))
    await put(folder.path('set/bees/b.CR2'), rawFile({ jpeg, orientation: 8 }))
    await put(folder.path('set/bees/none.arw'), rawFile())
    await put(folder.path('set/bees/text.dng'), Buffer.from('no photo at all'))
    const { photos, unreadable, otherPictures } = await scanFolder(folder.path('set'), {
      seed: 1,
      threads: 1,
    })
    expect(photos.map((it) => [it.path, it.width, it.height]).toSorted()).toEqual([
      ['ants/a.nef', 48, 32],
      ['bees/b.CR2', 32, 48],
    ])
    expect(unreadable.map((it) => [it.path, it.code])).toEqual([
      ['bees/none.arw', 'photo.no-preview'],
      ['bees/text.dng', 'photo.no-preview'],
    ])
    expect(otherPictures).toEqual([])
  })
})
