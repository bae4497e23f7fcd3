import path from 'node:path'
import type { TagEdit } from 'exiftool-vendored'
import { ExifTool } from 'exiftool-vendored'
import { ThawError } from '../../../shared/errors.ts'
import { rawExtensions } from '../../../shared/photoFiles.ts'

/** A keyword with what it lies under: `['Thaw', 'birds', 'tit']`. */
export type KeywordPath = readonly string[]

/** Kinds of files whose keywords go into an XMP file beside them: RAW files are never written to, the others cannot hold any. */
const withSidecar = new Set([...rawExtensions, '.bmp'])

/** Where a photo's keywords are written: the photo itself, or Adobe's sidecar, `photo.xmp` beside `photo.cr2`. */
export function keywordsFileOf(photo: string): string {
  const extension = path.extname(photo)
  return withSidecar.has(extension.toLowerCase()) ? `${photo.slice(0, -extension.length)}.xmp` : photo
}

/** A keyword that every program reads as one: no line ends, and none of the signs that part the levels of a path. */
export function safeKeyword(keyword: string): string {
  const clean = keyword.replace(/[\u0000-\u001f\u007f]+/g, ' ').replace(/[|/]/g, '_')
  return clean.normalize('NFC').trim() || '_'
}

/** Writes keywords into a photo or a sidecar, in place. */
export interface KeywordWriter {
  /**
   * Adds one keyword in the three ways that programs look for it, each only where it is not yet: flat in `dc:subject`, with its
   * path in `lr:hierarchicalSubject` (Lightroom, darktable) and in digiKam's `TagsList`. All else in the file stays.
   * @throws ThawError keywords.unwritable, keywords.no-exiftool
   */
  add: (file: string, keyword: KeywordPath) => Promise<void>
  close: () => Promise<void>
}

/** What ExifTool writes into before it takes a file's place; one that is left over stops it. */
export const exiftoolPartOf = (file: string): string => `${file}_exiftool_tmp`

const listed = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((it) => String(it))

/** ExifTool, started when it is first needed. */
export function exiftoolWriter(): KeywordWriter {
  let tool: ExifTool | undefined
  const started = () =>
    (tool ??= new ExifTool({ maxProcs: 1, exiftoolArgs: ['-stay_open', 'True', '-@', '-'] }))

  const failed = (file: string, error: unknown): ThawError => {
    const reason = error instanceof Error ? error.message.split('\n')[0]!.slice(0, 200) : ''
    const isMissing = /\bperl\b|ENOENT.*exiftool|spawn/i.test(reason)
    return new ThawError(
      isMissing ? 'keywords.no-exiftool' : 'keywords.unwritable',
      { file, reason },
      { cause: error },
    )
  }

  const add = async (file: string, keyword: KeywordPath): Promise<void> => {
    try {
      const readArgs = ['-G1', '-XMP-dc:Subject', '-XMP-lr:HierarchicalSubject', '-XMP-digiKam:TagsList']
      const found = await started().readRaw<Record<string, unknown>>(file, { readArgs })
      const wanted = [
        ['XMP-dc:Subject', keyword.at(-1)!],
        ['XMP-lr:HierarchicalSubject', keyword.join('|')],
        ['XMP-digiKam:TagsList', keyword.join('/')],
      ] as const
      const edits: TagEdit[] = wanted
        .filter(([tag, value]) => !listed(found[tag]).includes(value))
        .map(([tag, value]) => ({ tag, operation: 'add', value }))
      if (edits.length > 0) await started().editTags(file, edits, { writeArgs: ['-overwrite_original'] })
    } catch (error) {
      throw failed(file, error)
    }
  }
  return { add, close: async () => tool?.end() }
}
