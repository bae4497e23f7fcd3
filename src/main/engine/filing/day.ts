import { stat } from 'node:fs/promises'
import exifr from 'exifr'

/** What cameras write: `2026:11:25 14:03:59`, in the camera's own time. */
const written = /^(\d{4}):(\d{2}):(\d{2})\b/

/** The day in this computer's time zone. */
function localDay(time: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
}

/**
 * The day a photo was taken, `2026-11-25`: as its camera wrote it, else the day its file was last changed.
 * @throws errors of node:fs
 */
export async function dayOf(file: string): Promise<string> {
  const options = { pick: ['DateTimeOriginal', 'CreateDate'], reviveValues: false }
  // A photo without EXIF, or with damaged one, has only its file's time.
  const exif = (await exifr.parse(file, options).catch(() => undefined)) as
    Record<string, unknown> | undefined
  const found = [exif?.DateTimeOriginal, exif?.CreateDate].map((it) => written.exec(String(it)))
  const [, year, month, day] = found.find((it) => it && it[1] !== '0000') ?? []
  return year === undefined ? localDay((await stat(file)).mtime) : `${year}-${month}-${day}`
}
