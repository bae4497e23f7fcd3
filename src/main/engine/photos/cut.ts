import type { PhotoFormat } from './format.ts'

/** Whether boxes of an ISO base media file (ISO/IEC 14496-12 §4.2) reach beyond its end. */
function boxesEndEarly(bytes: Buffer): boolean {
  let at = 0
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(at)
    // 0: up to the end of the file; 1: the size follows in 64 bits
    if (size === 0) return false
    if (size === 1 && at + 16 > bytes.length) return true
    at += size === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : Math.max(size, 8)
  }
  return at !== bytes.length
}

/**
 * Why a photo that a library could not decode is broken: true if its end is missing, false if it is damaged elsewhere.
 * Asked only after a failure, so it may be wrong about whole files (a JPEG without its end marker shows all its pixels).
 */
export function isCutShort(bytes: Buffer, format: PhotoFormat, message: string): boolean {
  switch (format) {
    case 'jpeg':
      return message.includes('premature end')
    case 'png':
      return !bytes.includes('IEND')
    case 'webp':
      return bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length
    case 'avif':
    case 'heic':
      return boxesEndEarly(bytes)
    case 'tiff': {
      // the directory of the first picture often stands at the end of the file
      const directory =
        bytes.length < 8 ? 8 : bytes[0] === 0x49 ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4)
      return directory >= bytes.length || message.includes('Read error')
    }
    case 'gif':
      return bytes.at(-1) !== 0x3b
    case 'bmp':
      return false
  }
}
