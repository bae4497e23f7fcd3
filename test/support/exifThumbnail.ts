import sharp from 'sharp'

/**
 * A JPEG with a small picture of its own, as cameras write it (EXIF 2.32, 4.6): IFD0 with the orientation, IFD1 with the place and length
 * of the picture.
 */
export function withExifThumbnail(jpeg: Buffer, small: Buffer, orientation = 1): Buffer {
  const entry = (tag: number, type: number, value: number) => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt16LE(tag, 0)
    bytes.writeUInt16LE(type, 2)
    bytes.writeUInt32LE(1, 4)
    bytes.writeUInt32LE(value, 8)
    return bytes
  }
  const directory = (entries: Buffer[], next: number) => {
    const [count, following] = [Buffer.alloc(2), Buffer.alloc(4)]
    count.writeUInt16LE(entries.length)
    following.writeUInt32LE(next)
    return Buffer.concat([count, ...entries, following])
  }
  const [short, long] = [3, 4]
  const second = 8 + 18
  const index = second + 2 + 3 * 12 + 4
  const tiff = Buffer.concat([
    Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]),
    directory([entry(0x0112, short, orientation)], second),
    directory([entry(0x0103, short, 6), entry(0x0201, long, index), entry(0x0202, long, small.length)], 0),
    small,
  ])
  const head = Buffer.from([0xff, 0xe1, 0, 0, ...Buffer.from('Exif\0\0', 'latin1')])
  head.writeUInt16BE(2 + 6 + tiff.length, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, tiff, jpeg.subarray(2)])
}

/** A JPEG of one colour between black bars at both sides, as a camera's 4:3 picture of an upright photo. */
export async function barred(
  colour: { r: number; g: number; b: number },
  { width, height, inner }: { width: number; height: number; inner: number },
): Promise<Buffer> {
  const input = await sharp({ create: { width: inner, height, channels: 3, background: colour } })
    .png()
    .toBuffer()
  return sharp({ create: { width, height, channels: 3, background: 'black' } })
    .composite([{ input }])
    .jpeg({ quality: 95 })
    .toBuffer()
}
