/** What a file is, by its first bytes: names lie (a screenshot saved as .jpg is a PNG), and libraries guess too widely. */
export type PhotoFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'heic' | 'tiff' | 'bmp' | 'gif'

/** As many of a file's first bytes as {@link photoFormat} looks at. */
export const headBytes = 256

const heicBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'])
const avifBrands = new Set(['avif', 'avis'])

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to))

/** The brands of an ISO base media file (ISO/IEC 14496-12 §4.3): the major one and the compatible ones. */
function brands(head: Uint8Array): string[] {
  if (ascii(head, 4, 8) !== 'ftyp') return []
  const size = new DataView(head.buffer, head.byteOffset).getUint32(0)
  const found = [ascii(head, 8, 12)]
  for (let at = 16; at + 4 <= Math.min(size, head.length); at += 4) found.push(ascii(head, at, at + 4))
  return found
}

/** The format of a photo that is read here, or undefined. `head` is the file's beginning. */
export function photoFormat(head: Uint8Array): PhotoFormat | undefined {
  if (ascii(head, 0, 3) === '\xff\xd8\xff') return 'jpeg'
  if (ascii(head, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'webp'
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(ascii(head, 0, 4))) return 'tiff'
  if (['GIF87a', 'GIF89a'].includes(ascii(head, 0, 6))) return 'gif'
  // two letters alone begin many a text; a bitmap's four reserved bytes are zero
  if (ascii(head, 0, 2) === 'BM' && ascii(head, 6, 10) === '\0\0\0\0') return 'bmp'
  const kinds = brands(head)
  // an AVIF also calls itself "mif1", so its own brand is asked for first
  if (kinds.some((kind) => avifBrands.has(kind))) return 'avif'
  if (kinds.some((kind) => heicBrands.has(kind))) return 'heic'
  return undefined
}

/** Names a picture or film of a kind that is not read here, so that the person is told more than "no photo". */
export function foreignFormat(head: Uint8Array): string | undefined {
  if (ascii(head, 0, 2) === '\xff\x0a' || ascii(head, 4, 8) === 'JXL ') return 'JPEG XL'
  if (ascii(head, 4, 8) === 'jP  ') return 'JPEG 2000'
  if (ascii(head, 0, 4) === '8BPS') return 'Photoshop'
  if (ascii(head, 0, 5) === '%PDF-') return 'PDF'
  const [major] = brands(head)
  return major === undefined ? undefined : `${major.trim()} video or raw`
}
