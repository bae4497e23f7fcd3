import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import type { ScannedDataset, Split } from '../../../shared/dataset.ts'
import { PhotoBox } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import { exists, pathFrom } from '../files.ts'
import type { Named } from './candidates.ts'
import { splitNamed } from './layout.ts'
import { byCodePoint } from './order.ts'
import type { ScanOptions } from './scan.ts'
import { judged } from './scan.ts'

/** What columns, or keys of objects, may be called; upper and lower case are the same. */
const columns = {
  path: ['path', 'file', 'filename', 'photo', 'image', 'filepath', 'file_name'],
  class: ['class', 'label', 'category', 'classname', 'class_name'],
  split: ['split', 'part', 'set', 'subset'],
  /** Left, top, width and height in pixels of the upright photo, parted by blanks: what is cut out for the network. */
  crop: ['crop'],
}

interface Row {
  path: string
  class: string
  split: string
  crop: string
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const cell = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''

/** One row of a table, whatever its columns are called. */
function rowOf(record: Record<string, unknown>): Row {
  const byName = new Map(Object.entries(record).map(([name, value]) => [name.trim().toLowerCase(), value]))
  const get = (names: readonly string[]) =>
    cell(names.map((name) => byName.get(name)).find((it) => cell(it) !== ''))
  return {
    path: get(columns.path),
    class: get(columns.class),
    split: get(columns.split),
    crop: get(columns.crop),
  }
}

/** An array of objects or of paths, or an object that holds such an array. */
function rowsOfJson(text: string, file: string): Row[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new ThawError('list.unreadable', { file, ...because('no-json') }, { cause: error })
  }
  const array = Array.isArray(parsed)
    ? parsed
    : isRecord(parsed)
      ? Object.values(parsed).find(Array.isArray)
      : undefined
  if (!array) throw new ThawError('list.unreadable', { file, ...because('no-array') })
  return (array as unknown[]).map((one) => rowOf(isRecord(one) ? one : { path: one }))
}

/** Comma, semicolon or tab: the one that the header has most of. */
function rowsOfCsv(text: string, file: string): Row[] {
  const [header = ''] = text.split('\n', 1)
  const delimiter = [',', ';', '\t'].toSorted((a, b) => header.split(b).length - header.split(a).length)[0]!
  const options = { delimiter, relax_column_count: true, skip_empty_lines: true, trim: true }
  try {
    const records: Record<string, unknown>[] = parse(text, { bom: true, columns: true, ...options })
    return records.map(rowOf)
  } catch (error) {
    const line = error instanceof CsvError ? Number(error['lines']) : 1
    throw new ThawError('list.unreadable', { file, ...because('no-table', { line }) }, { cause: error })
  }
}

/**
 * The text of a list: UTF-8, or UTF-16 where it begins by saying so. Tables that are saved in a code page of their country would give
 * classes with other names than the person wrote.
 */
function textOf(bytes: Buffer, file: string): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8'
  try {
    // It leaves a byte order mark away.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    throw new ThawError('list.unreadable', { file, ...because('not-utf8') }, { cause: error })
  }
}

/** ASCII is written in one way only. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

/**
 * A path as the disk has it: letters with accents and Korean syllables may be composed in the list and taken apart in the folder, or the
 * other way round, and look the same.
 */
async function spelled(folder: string, file: string): Promise<string> {
  if (isPlain(file)) return file
  for (const one of [file, file.normalize('NFC'), file.normalize('NFD')])
    if (await exists(path.resolve(folder, one))) return one
  return file
}

const bytesOf = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: unknown) => {
    throw new ThawError('list.unreadable', { file, ...because('cannot-open') }, { cause: error })
  })

async function rowsOf(file: string): Promise<Row[]> {
  const text = textOf(await bytesOf(file), file)
  const rows = path.extname(file).toLowerCase() === '.json' ? rowsOfJson(text, file) : rowsOfCsv(text, file)
  const named = rows.filter((row) => row.path !== '')
  if (named.length > 0) return named
  throw new ThawError('list.unreadable', { file, ...because('names-no-photos') })
}

const splitOf = (file: string, name: string): Split | undefined => {
  if (name === '') return undefined
  const split = splitNamed(name)
  if (split) return split
  throw new ThawError('list.unreadable', { file, ...because('no-part', { part: name }) })
}

function cropOf(file: string, text: string): PhotoBox | undefined {
  if (text === '') return undefined
  const [left, top, width, height, ...more] = text.split(/\s+/).map(Number)
  const box = PhotoBox.safeParse({ left, top, width, height })
  if (box.success && more.length === 0 && box.data.width > 0 && box.data.height > 0) return box.data
  throw new ThawError('list.unreadable', { file, ...because('no-crop', { crop: text }) })
}

/**
 * Reads the photos that a CSV or JSON list names, relative to the list's folder or absolute, with their classes and parts as far as
 * it gives them. A photo that is named twice counts as it is named last.
 * @throws ThawError `list.unreadable`, `cancelled`
 */
export async function scanList(list: string, options: ScanOptions): Promise<ScannedDataset> {
  const source = path.resolve(list)
  const folder = path.dirname(source)
  const rows = await rowsOf(source)
  const classes = [
    ...new Set(rows.map((row) => row.class.normalize('NFC')).filter((name) => name !== '')),
  ].sort(byCodePoint)
  const named = new Map<string, Named>()
  for (const row of rows) {
    const file = await spelled(folder, pathFrom(folder, path.resolve(folder, row.path.replaceAll('\\', '/'))))
    const label = row.class === '' ? null : classes.indexOf(row.class.normalize('NFC'))
    const crop = cropOf(source, row.crop)
    named.set(file, { path: file, class: label, split: splitOf(source, row.split), ...(crop && { crop }) })
  }
  const photos = [...named.values()]
  const splitGiven = photos.some((photo) => photo.split !== undefined)
  const about = { layout: 'list', classes, splitGiven, source } as const
  return judged(folder, source, () => Promise.resolve({ named: photos, bad: [], about }), options)
}
