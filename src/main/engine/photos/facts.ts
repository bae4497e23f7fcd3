import { readFile } from 'node:fs/promises'
import exifr from 'exifr'
import sharp from 'sharp'
import { systemCode } from '../files.ts'
import { photoFormat } from './format.ts'
import type { PhotoFile } from './read.ts'
import { sidecarsOf } from './sidecars.ts'

/** What a photo tells about itself besides its pixels. What it does not tell is not there. */
export interface PhotoFacts {
  /** By the camera's own clock, milliseconds since 1970 as if that were UTC. */
  taken?: number
  /** Maker and model. */
  camera?: string
  /** ISO speed. */
  iso?: number
  /** The levels of a hierarchy parted by `|`, sorted. */
  keywords?: string[]
}

const wanted = {
  tiff: true,
  ifd0: ['Make', 'Model'],
  exif: ['DateTimeOriginal', 'CreateDate', 'SubSecTimeOriginal', 'ISO'],
  xmp: true,
  iptc: true,
  ...{ gps: false, interop: false, ifd1: false, icc: false, jfif: false, ihdr: false },
  ...{ mergeOutput: false, reviveValues: false, multiSegment: true },
}

type Block = Record<string, unknown>
type Blocks = Partial<Record<'ifd0' | 'exif' | 'iptc' | 'dc' | 'lr' | 'digiKam', Block>>

/** EXIF's `2026:11:25 14:03:59`; a clock that was never set gives zeros or blanks. */
const clock = /^(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)/

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll('\0', '').trim() : ''

/** When a program wrote the file is none of it: photos that were exported together would be one burst. */
function takenOf({ exif }: Blocks): number | undefined {
  const written = exif?.DateTimeOriginal ?? exif?.CreateDate
  const parts = clock
    .exec(typeof written === 'string' ? written : '')
    ?.slice(1)
    .map(Number)
  if (!parts || parts[0] === 0) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  // A fraction of a second, as the digits after the point.
  const fraction = Number(`0.${textOf(exif?.SubSecTimeOriginal) || '0'}`) || 0
  return Date.UTC(year, month - 1, day, hour, minute, second) + Math.round(fraction * 1000)
}

/** Makers write their name into the model too. */
function cameraOf({ ifd0 }: Blocks): string | undefined {
  const [make, model] = [textOf(ifd0?.Make), textOf(ifd0?.Model)]
  const both = model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`.trim()
  return both === '' ? undefined : both
}

/** Some cameras write one number, some a list whose first is meant. */
function isoOf({ exif }: Blocks): number | undefined {
  const value: unknown = [exif?.ISO].flat()[0]
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined
}

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== '')

/** exifr reads IPTC as Latin-1; programs of today write UTF-8 into it. */
function readAgain(text: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}

/**
 * All keywords as paths: Lightroom's `a|b`, digiKam's `a/b`, the flat ones of Dublin Core, and IPTC's where there is no XMP. A flat
 * one that only repeats a level of a path is not told twice.
 */
function keywordsOf({ dc, lr, digiKam, iptc }: Blocks): string[] {
  const paths = [
    ...listOf(lr?.hierarchicalSubject),
    ...listOf(digiKam?.TagsList).map((path) => path.replaceAll('/', '|')),
  ]
  const levels = new Set(paths.flatMap((path) => path.split('|')))
  const subjects = listOf(dc?.subject)
  const flat = subjects.length + paths.length > 0 ? subjects : listOf(iptc?.Keywords).map(readAgain)
  const all = [...paths, ...flat.filter((word) => !levels.has(word))].map((path) => path.normalize('NFC'))
  return [...new Set(all)].sort()
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const lastCodePoint = 0x10ffff
const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name: string) => {
    if (name) return entities[name] ?? whole
    const point = hex ? parseInt(String(hex), 16) : Number(decimal)
    return point <= lastCodePoint ? String.fromCodePoint(point) : whole
  })

/** The items of a list in an XMP packet, whatever kind of RDF container holds them. */
function itemsIn(xmp: string, property: string): string[] {
  const list = new RegExp(`<${property}\\b[^>]*>([\\s\\S]*?)</${property}>`).exec(xmp)?.[1] ?? ''
  return [...list.matchAll(/<rdf:li\b[^>]*>([\s\S]*?)<\/rdf:li>/g)].map((item) => unescaped(item[1]!))
}

const blocksInXmp = (xmp: string): Blocks => ({
  dc: { subject: itemsIn(xmp, 'dc:subject') },
  lr: { hierarchicalSubject: itemsIn(xmp, 'lr:hierarchicalSubject') },
  digiKam: { TagsList: itemsIn(xmp, 'digiKam:TagsList') },
})

/** Keywords of the XMP file beside a photo. */
async function sidecarOf(photo: string): Promise<Blocks> {
  for (const file of sidecarsOf(photo)) {
    let xmp: string
    try {
      xmp = await readFile(file, 'utf8')
    } catch (error) {
      if (systemCode(error) === undefined) throw error
      continue
    }
    return blocksInXmp(xmp)
  }
  return {}
}

const blocksIn = async (bytes: Buffer): Promise<Blocks> =>
  ((await exifr.parse(bytes, wanted as never).catch(() => undefined)) ?? {}) as Blocks

/** Whose metadata exifr reads in part (PNG without what is compressed, HEIC without XMP) or not at all (WebP, AVIF). */
const readByVips = new Set(['png', 'webp', 'avif', 'heic'])

/** What stands in a photo's file. libvips hands EXIF and XMP over as they were put into the format. */
async function blocksOf(bytes: Buffer): Promise<Blocks> {
  const own = await blocksIn(bytes)
  if (!readByVips.has(photoFormat(bytes) ?? '')) return own
  const { exif, xmp } = await sharp(bytes)
    .metadata()
    .catch((): { exif?: Buffer; xmp?: Buffer } => ({}))
  const hasXmp = own.dc ?? own.lr ?? own.digiKam
  return {
    ...own,
    ...(exif && (await blocksIn(withoutPrefix(exif)))),
    ...(xmp && !hasXmp && blocksInXmp(xmp.toString('utf8'))),
  }
}

/** EXIF is a TIFF file, before which some formats write what JPEG calls the segment. */
const prefix = Buffer.from('Exif\0\0', 'latin1')
const withoutPrefix = (exif: Buffer): Buffer =>
  exif.subarray(0, prefix.length).equals(prefix) ? exif.subarray(prefix.length) : exif

/** What the photo and the XMP file beside it tell. Damaged metadata count as none: the photo may be sound all the same. */
export async function factsOf(file: string, { bytes, raw }: PhotoFile): Promise<PhotoFacts> {
  // What exifr does not know of RAW files, the camera has written into the JPEG inside.
  const inside = { ...(await blocksOf(bytes)), ...(raw && (await blocksIn(raw))) }
  const keywords = [...new Set([...keywordsOf(inside), ...keywordsOf(await sidecarOf(file))])].sort()
  const taken = takenOf(inside)
  const camera = cameraOf(inside)
  const iso = isoOf(inside)
  return {
    ...(taken !== undefined && { taken }),
    ...(camera !== undefined && { camera }),
    ...(iso !== undefined && { iso }),
    ...(keywords.length > 0 && { keywords }),
  }
}
