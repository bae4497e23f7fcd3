import { stat } from 'node:fs/promises'
import exifr from 'exifr'

/**
 * When a photo was taken, milliseconds since 1970 by the camera's own clock, whatever its time zone; null if it does not say.
 */
export async function takenAt(file: string): Promise<number | null> {
  const pick = ['DateTimeOriginal', 'CreateDate', 'SubSecTimeOriginal']
  const exif = (await exifr.parse(file, { pick, reviveValues: false }).catch(() => undefined)) as
    Record<string, string | undefined> | undefined
  const found = clock.exec(exif?.DateTimeOriginal ?? exif?.CreateDate ?? '')
  if (!found) return null
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number)
  const part = Number(`0.${exif?.SubSecTimeOriginal?.trim() ?? '0'}`)
  const time = Date.UTC(year!, month! - 1, day, hour, minute, second) + (part > 0 ? part * 1000 : 0)
  return Number.isFinite(time) && year !== 0 ? time : null
}

const clock = /^(\d{4}):(\d{2}):(\d{2}) (\d{2}):(\d{2}):(\d{2})/

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
