import path from 'node:path'
import { isDeviceName } from '../../../shared/deviceName.ts'

/** Characters that some system refuses in names, with the control characters. */

const refused = /[<>:"/\\|?*\u0000-\u001f\u007f]/g
/** Bytes that a name may have on every common file system. */
const longestName = 255

/** An ending after a point that is longer than this is a part of the name. */
const longestExtension = 16

/** `.jpg` of `photo.jpg`. */
function extensionOf(name: string): string {
  const extension = path.extname(name)
  return extension.length > longestExtension ? '' : extension
}

/** Cuts at a character's edge, so that the name has at most `most` bytes of UTF-8. */
function cut(name: string, most: number): string {
  let kept = ''
  let bytes = 0
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    bytes += Buffer.byteLength(segment)
    if (bytes > most) break
    kept += segment
  }
  return kept
}

/**
 * A name of a file or folder that Windows, macOS and Linux all take: without separators and reserved characters, no device's
 * name, no point or space at its end, at most 255 bytes. The extension is kept when it is cut.
 * @param room bytes to leave for what is put behind the stem, a number say
 */
export function safeName(name: string, room = 0): string {
  const clean = name
    .normalize('NFC')
    .replace(refused, '_')
    .replace(/[. ]+$/, '')
  const usable = clean === '' ? '_' : isDeviceName(clean) ? `_${clean}` : clean
  if (Buffer.byteLength(usable) + room <= longestName) return usable
  const extension = extensionOf(usable)
  const stem = usable.slice(0, usable.length - extension.length)
  return `${cut(stem, longestName - room - Buffer.byteLength(extension)).replace(/[. ]+$/, '')}${extension}`
}

/** `photo.jpg` with a number: `photo (2).jpg`. */
export function numbered(name: string, number: number): string {
  const suffix = ` (${number})`
  const short = safeName(name, suffix.length)
  const extension = extensionOf(short)
  return `${short.slice(0, short.length - extension.length)}${suffix}${extension}`
}

/**
 * What two paths have to differ in to be two files everywhere: Windows and macOS do not tell upper from lower case, macOS not
 * composed from decomposed characters.
 */
export const sameOnSomeDisk = (file: string): string => file.normalize('NFC').toLowerCase()
