import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { promisify } from 'node:util'
import { exiftool } from 'exiftool-vendored'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActOutcome } from '../../../../src/main/engine/filing/filing.ts'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import { keywordsFileOf, safeKeyword } from '../../../../src/main/engine/filing/keywords.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const red = { r: 200, g: 30, b: 30 }
let filings: Filings
beforeAll(() => {
  filings = new Filings(folder.path('filings'))
})
afterAll(() => exiftool.end())

/** What ExifTool, started on its own, reads of a file. */
async function read(file: string, ...tags: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)('perl', [
    await exiftool.exiftoolPath(),
    ...['-json', '-G1', '-struct', ...tags.map((tag) => `-${tag}`), file],
  ])
  return (JSON.parse(stdout) as Record<string, unknown>[])[0]!
}

async function tagged(
  photos: { file: string; class: string; group?: string }[],
  prefix: string[] = ['Thaw'],
): Promise<{ id: string; outcomes: ActOutcome[] }> {
  const { id } = await filings.plan({
    ...{ photos, how: 'keywords', target: '', pattern: '', clash: 'number', prefix },
    dayOf: () => Promise.resolve(''),
  })
  const outcomes: ActOutcome[] = []
  for await (const outcome of filings.file(id)) outcomes.push(outcome)
  return { id, outcomes }
}

async function undo(id: string): Promise<ActOutcome[]> {
  const outcomes: ActOutcome[] = []
  for await (const outcome of filings.undo(id)) outcomes.push(outcome)
  return outcomes
}

const keywordTags = ['XMP-dc:Subject', 'XMP-lr:HierarchicalSubject', 'XMP-digiKam:TagsList']

describe.skipIf(process.platform === 'win32')('keywords in a photo', () => {
  it('are read back by ExifTool in all three ways, beside those that were there and all other metadata', async () => {
    const file = await put(folder.path('rich.jpg'), await jpeg(red))
    await exiftool.write(
      file,
      {
        Artist: '김하늘',
        Copyright: '© 2026',
        DateTimeOriginal: '2020:02:29 12:34:56',
        'XMP-dc:Subject': ['garden'],
        'XMP-lr:HierarchicalSubject': ['places|garden'],
        'IPTC:Keywords': ['garden'],
        'XMP-xmp:Rating': 4,
      } as never,
      { writeArgs: ['-overwrite_original'] },
    )
    const all = await read(file, 'all')
    const { outcomes } = await tagged([{ file, class: '꿀벌 & “honey”', group: 'insects' }])
    expect(outcomes).toMatchObject([{ state: 'done' }])
    const after = await read(file, ...keywordTags)
    expect(after['XMP-dc:Subject']).toEqual(['garden', '꿀벌 & “honey”'])
    expect(after['XMP-lr:HierarchicalSubject']).toEqual(['places|garden', 'Thaw|insects|꿀벌 & “honey”'])
    expect([after['XMP-digiKam:TagsList']].flat()).toEqual(['Thaw/insects/꿀벌 & “honey”'])
    expect(await readFile(file, 'latin1')).toContain('<rdf:Bag>')
    const rest = await read(file, 'all')
    for (const [tag, value] of Object.entries(all))
      if (!/^(System|XMP-(dc|lr|digiKam|x)|ExifTool|File):|^SourceFile/.test(tag))
        expect([tag, rest[tag]]).toEqual([tag, value])
  })

  it('leave pixels and times, and are taken back to the byte', async () => {
    for (const [name, bytes] of [
      ['a.jpg', await jpeg(red, 60, 40)],
      [
        'a.png',
        await sharp(await jpeg(red))
          .png()
          .toBuffer(),
      ],
      [
        'a.webp',
        await sharp(await jpeg(red))
          .webp()
          .toBuffer(),
      ],
      [
        'a.tif',
        await sharp(await jpeg(red))
          .tiff()
          .toBuffer(),
      ],
    ] as const) {
      const file = await put(folder.path('bytes', name), bytes)
      await utimes(file, 1_500_000_000, 1_400_000_000.25)
      const { id, outcomes } = await tagged([{ file, class: 'bee' }])
      expect(outcomes).toMatchObject([{ state: 'done' }])
      expect((await read(file, 'XMP-dc:Subject'))['XMP-dc:Subject']).toEqual(['bee'])
      expect((await readFile(file)).equals(bytes)).toBe(false)
      expect((await stat(file)).mtimeMs).toBe(1_400_000_000_250)
      expect((await sharp(file).raw().toBuffer()).equals(await sharp(bytes).raw().toBuffer())).toBe(true)
      expect(await undo(id)).toMatchObject([{ state: 'undone' }])
      expect((await readFile(file)).equals(bytes)).toBe(true)
      expect((await stat(file)).mtimeMs).toBe(1_400_000_000_250)
    }
  })

  it('are not written twice, and two filings are taken back in their order', async () => {
    const bytes = await jpeg(red)
    const file = await put(folder.path('twice.jpg'), bytes)
    const first = await tagged([{ file, class: 'bee' }])
    const again = await tagged([{ file, class: 'bee' }])
    const other = await tagged([{ file, class: 'ant' }])
    expect((await read(file, 'XMP-dc:Subject'))['XMP-dc:Subject']).toEqual(['bee', 'ant'])
    expect(await undo(first.id)).toMatchObject([{ state: 'kept', reason: { code: 'filing.changed' } }])
    for (const { id } of [other, again, first]) await undo(id)
    expect((await readFile(file)).equals(bytes)).toBe(true)
  })

  it('run no option that hides in a class name', async () => {
    const file = await put(folder.path('option.jpg'), await jpeg(red))
    await tagged([{ file, class: 'bee\n-Artist=evil\n-all=' }])
    expect(await read(file, 'XMP-dc:Subject', 'IFD0:Artist')).toMatchObject({
      'XMP-dc:Subject': ['bee -Artist=evil -all='],
    })
    expect((await read(file, 'IFD0:Artist'))['IFD0:Artist']).toBeUndefined()
  })

  it.each(['photo.png', 'photo.tif', 'photo.webp', 'photo.heic'])(
    'go into a JPEG whose name is %s',
    async (name) => {
      const file = await put(folder.path('misnamed', name), await jpeg(red))
      const before = await readFile(file)
      const { id, outcomes } = await tagged([{ file, class: 'bee' }])
      expect(outcomes).toMatchObject([{ state: 'done' }])
      expect(await read(file, 'XMP-dc:Subject')).toMatchObject({ 'XMP-dc:Subject': ['bee'] })
      expect(await undo(id)).toMatchObject([{ state: 'undone' }])
      expect(await readFile(file)).toEqual(before)
    },
  )

  it('that cannot be written name the photo, not the hidden file beside it', async () => {
    const file = await put(
      folder.path('bitmap.jpg'),
      Buffer.from('BM:\0\0\0\0\0\0\0 a bitmap under another name'),
    )
    const { outcomes } = await tagged([{ file, class: 'bee' }])
    expect(outcomes).toMatchObject([{ state: 'failed', reason: { code: 'keywords.unwritable' } }])
    const { message, parameters } = outcomes[0]!.reason!
    expect(parameters['file']).toBe(file)
    expect(message).not.toContain('.part')
    expect(await readdir(folder.path())).not.toContainEqual(expect.stringContaining('.part'))
  })

  it('stay off a photo that is damaged, which is left as it is', async () => {
    const file = await put(folder.path('damaged.jpg'), 'no photo at all')
    const { outcomes } = await tagged([{ file, class: 'bee' }])
    expect(outcomes).toMatchObject([{ state: 'failed', reason: { code: 'keywords.unwritable' } }])
    expect(await readFile(file, 'utf8')).toBe('no photo at all')
  })
})

describe.skipIf(process.platform === 'win32')('keywords beside a RAW file', () => {
  it('go into a sidecar, which goes again with the undo; the RAW file is never touched', async () => {
    const file = await put(folder.path('raw/photo.CR2'), 'sensor data')
    const { id, outcomes } = await tagged([{ file, class: 'bee' }])
    expect(outcomes).toMatchObject([{ state: 'done' }])
    expect(await read(folder.path('raw/photo.xmp'), ...keywordTags)).toMatchObject({
      'XMP-dc:Subject': ['bee'],
      'XMP-lr:HierarchicalSubject': ['Thaw|bee'],
    })
    expect(await readFile(file, 'utf8')).toBe('sensor data')
    await undo(id)
    expect(existsSync(folder.path('raw/photo.xmp'))).toBe(false)
  })

  it('join those of a sidecar that is there', async () => {
    const file = await put(folder.path('raw2/photo.nef'), 'sensor data')
    const sidecar = folder.path('raw2/photo.xmp')
    await exiftool.write(sidecar, { 'XMP-dc:Subject': ['garden'], 'XMP-xmp:Rating': 3 } as never)
    const before = await readFile(sidecar)
    const { id } = await tagged([{ file, class: 'bee' }])
    const after = await read(sidecar, 'XMP-dc:Subject', 'XMP-xmp:Rating')
    expect(after).toMatchObject({ 'XMP-dc:Subject': ['garden', 'bee'], 'XMP-xmp:Rating': 3 })
    await undo(id)
    expect((await readFile(sidecar)).equals(before)).toBe(true)
  })

  it('join those of a sidecar in capitals, beside which none of another name is made', async () => {
    const file = await put(folder.path('raw3/PHOTO.CR2'), 'sensor data')
    const sidecar = folder.path('raw3/PHOTO.XMP')
    const written = await put(folder.path('raw3/made.xmp'), '')
    await rm(written)
    await exiftool.write(written, { 'XMP-dc:Subject': ['garden'] } as never)
    await rename(written, sidecar)
    await tagged([{ file, class: 'bee' }])
    expect((await readdir(folder.path('raw3'))).toSorted()).toEqual(['PHOTO.CR2', 'PHOTO.XMP'])
    await rename(sidecar, written)
    expect(await read(written, 'XMP-dc:Subject')).toMatchObject({ 'XMP-dc:Subject': ['garden', 'bee'] })
  })

  it('are named as Adobe names them', () => {
    expect(keywordsFileOf('/a/photo.ARW')).toBe('/a/photo.xmp')
    expect(keywordsFileOf('/a/photo.jpg')).toBe('/a/photo.jpg')
  })
})

it('a keyword has no line ends, and none of the signs that part levels', () => {
  expect(safeKeyword('a|b/c\n d')).toBe('a_b_c  d')
  expect(safeKeyword(' ')).toBe('_')
})

it('a photo with an old list of keywords in one line keeps it', async () => {
  const file = await put(folder.path('plain.jpg'), await jpeg(red))
  await exiftool.write(file, { 'IPTC:Keywords': ['one'] } as never, { writeArgs: ['-overwrite_original'] })
  await tagged([{ file, class: 'bee' }])
  expect((await read(file, 'IPTC:Keywords'))['IPTC:Keywords']).toEqual('one')
})
