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
  /**
   * Takes off every keyword that lies under `prefix`, and the flat ones that stand for these: their last level and the prefix itself,
   * unless a keyword that stays ends in the same word. All else in the file stays.
   * @returns how many paths were taken off @throws ThawError keywords.unwritable, keywords.no-exiftool
   */
  remove: (file: string, prefix: KeywordPath) => Promise<number>
  /** @returns whether the file has keywords under `prefix` @throws ThawError keywords.unwritable, keywords.no-exiftool */
  has: (file: string, prefix: KeywordPath) => Promise<boolean>
  close: () => Promise<void>
}

/** What ExifTool writes into before it takes a file's place; one that is left over stops it. */
export const exiftoolPartOf = (file: string): string => `${file}_exiftool_tmp`

/** The three ways in which a keyword is written. */
const tags = {
  flat: 'XMP-dc:Subject',
  hierarchical: 'XMP-lr:HierarchicalSubject',
  digiKam: 'XMP-digiKam:TagsList',
} as const
type Tag = (typeof tags)[keyof typeof tags]
type Found = Record<keyof typeof tags, string[]>

const isUnder = (prefix: KeywordPath, level: string) => {
  const top = prefix.join(level)
  return (keyword: string): boolean => keyword === top || keyword.startsWith(`${top}${level}`)
}

/** What is to be taken out of each list, so that nothing under the prefix is left. */
export function keywordsUnder(prefix: KeywordPath, { flat, hierarchical, digiKam }: Found): Found {
  const [ours, oursOfDigiKam] = [isUnder(prefix, '|'), isUnder(prefix, '/')]
  const words = (of: (keyword: string) => boolean) => [
    ...hierarchical.filter(of).map((keyword) => keyword.split('|').at(-1)!),
    ...digiKam.filter((keyword) => of(keyword.replaceAll('/', '|'))).map((it) => it.split('/').at(-1)!),
  ]
  const gone = new Set([...words(ours), ...prefix])
  const staying = new Set(words((keyword) => !ours(keyword)))
  const found = { hierarchical: hierarchical.filter(ours), digiKam: digiKam.filter(oursOfDigiKam) }
  const isAny = found.hierarchical.length + found.digiKam.length > 0
  return { ...found, flat: isAny ? flat.filter((word) => gone.has(word) && !staying.has(word)) : [] }
}

/** How long one photo may take: a large one on a slow disk, beside other work, takes more than ExifTool's usual half minute. */
const longestTask = 300_000

const listed = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((it) => String(it))

/** ExifTool, started when it is first needed. */
export function exiftoolWriter(): KeywordWriter {
  let tool: ExifTool | undefined
  const started = () =>
    (tool ??= new ExifTool({
      maxProcs: 1,
      taskTimeoutMillis: longestTask,
      exiftoolArgs: ['-stay_open', 'True', '-@', '-'],
    }))

  const failed = (file: string, error: unknown): ThawError => {
    const reason = error instanceof Error ? error.message.split('\n')[0]!.slice(0, 200) : ''
    const isMissing = /\bperl\b|ENOENT.*exiftool|spawn/i.test(reason)
    return new ThawError(
      isMissing ? 'keywords.no-exiftool' : 'keywords.unwritable',
      { file, reason },
      { cause: error },
    )
  }

  const read = async (file: string): Promise<Found> => {
    const readArgs = ['-G1', ...Object.values(tags).map((tag) => `-${tag}`)]
    const found = await started().readRaw<Record<string, unknown>>(file, { readArgs })
    const of = (tag: Tag) => listed(found[tag])
    return { flat: of(tags.flat), hierarchical: of(tags.hierarchical), digiKam: of(tags.digiKam) }
  }

  const edit = async (file: string, operation: 'add' | 'remove', values: Found): Promise<void> => {
    const edits = (Object.keys(tags) as (keyof Found)[]).flatMap((way) =>
      values[way].map((value): TagEdit => ({ tag: tags[way], operation, value })),
    )
    if (edits.length > 0) await started().editTags(file, edits, { writeArgs: ['-overwrite_original'] })
  }

  /** @throws ThawError keywords.unwritable, keywords.no-exiftool */
  const told = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw failed(file, error)
    }
  }

  const add = (file: string, keyword: KeywordPath) =>
    told(file, async () => {
      const there = await read(file)
      const wanted = { flat: keyword.at(-1)!, hierarchical: keyword.join('|'), digiKam: keyword.join('/') }
      const missing = (way: keyof Found) => [wanted[way]].filter((value) => !there[way].includes(value))
      await edit(file, 'add', {
        ...{ flat: missing('flat'), hierarchical: missing('hierarchical'), digiKam: missing('digiKam') },
      })
    })

  const under = async (file: string, prefix: KeywordPath) => keywordsUnder(prefix, await read(file))
  const pathsOf = ({ hierarchical, digiKam }: Found) => Math.max(hierarchical.length, digiKam.length)

  const remove = (file: string, prefix: KeywordPath) =>
    told(file, async () => {
      const ours = await under(file, prefix)
      await edit(file, 'remove', ours)
      return pathsOf(ours)
    })

  const has = (file: string, prefix: KeywordPath) =>
    told(file, async () => pathsOf(await under(file, prefix)) > 0)

  return { add, remove, has, close: async () => tool?.end() }
}
