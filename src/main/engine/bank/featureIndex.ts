import { readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'

/** Where a row lies, and the CRC-32 of its bytes. */
export interface Row {
  number: number
  checksum: number
}

/** Raised when files of another layout must not be read as this one. */
const format = 2

/** A line is the CRC-32 of what follows it, in 8 hexadecimal digits, a space, and that. */
const line = (text: string): Buffer => Buffer.from(`${checked(text)} ${text}\n`)
const checked = (text: string): string => crc32(text).toString(16).padStart(8, '0')

/** The first line: how many numbers a row has. */
export const headerLine = (length: number): Buffer => line(`features ${format} ${length}`)

/** @param row its name, without line breaks */
export const rowLine = (row: string, { number, checksum }: Row): Buffer =>
  line(`${number} ${checksum} ${row}`)

/** What a line says, or undefined if it is not what was written. */
const contentOf = (text: string): string | undefined =>
  text.slice(0, 8) === checked(text.slice(9)) ? text.slice(9) : undefined

/**
 * The rows of an index. Lines that are damaged are passed over; without its header nothing in it counts.
 * @returns `end`: bytes up to where the last whole line ends
 */
export async function readIndex(
  file: string,
): Promise<{ length: number | null; rows: Map<string, Row>; end: number }> {
  const text = await readFile(file, 'latin1').catch(() => '')
  const end = text.lastIndexOf('\n') + 1
  const [first = '', ...lines] = text.slice(0, end).split('\n')
  const header = new RegExp(`^features ${format} (\\d+)$`).exec(contentOf(first) ?? '')
  const rows = new Map<string, Row>()
  if (!header) return { length: null, rows, end: 0 }
  for (const one of lines) {
    const [, number, checksum, row] = /^(\d+) (\d+) (.+)$/.exec(contentOf(one) ?? '') ?? []
    if (row !== undefined) rows.set(row, { number: Number(number), checksum: Number(checksum) })
  }
  return { length: Number(header[1]), rows, end }
}
