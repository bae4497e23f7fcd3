import { writeFile } from 'node:fs/promises'
import { ExifTool } from 'exiftool-vendored'
import { afterAll, describe, expect, it } from 'vitest'
import { openDataset } from '../../../../src/main/engine/datasets/openDataset.ts'
import { keywordLabels, keywordsIn } from '../../../../src/main/engine/datasets/keywords.ts'
import { scanFolder } from '../../../../src/main/engine/datasets/scan.ts'
import { scanSource } from '../../../../src/main/engine/datasets/sources.ts'
import { factsOf } from '../../../../src/main/engine/photos/facts.ts'
import { readPhotoFile } from '../../../../src/main/engine/photos/read.ts'
import { trainable, undecided } from '../../../../src/main/engine/datasets/browse.ts'
import { requireTrainable } from '../../../../src/main/engine/datasets/requireTrainable.ts'
import { isReason } from '../../../../src/shared/reasons.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'
import { zipFile } from '../../../support/zip.ts'

const folder = temporaryFolder()
const photo = await jpeg({ r: 90, g: 120, b: 30 })
const samples = () => ({ samples: folder.path('samples') })
const options = { seed: 1, threads: 1 }

async function make(name: string, ...paths: string[]): Promise<void> {
  for (const one of paths) await put(folder.path(name, one), photo)
}
const told = ({ photos, classes }: Awaited<ReturnType<typeof scanFolder>>) =>
  photos.map(({ path, class: place, split }) => [path, place === null ? null : classes[place], split])

describe('photos come', () => {
  it('from a flat folder, without labels', async () => {
    await make('flat', 'b.jpg', 'a.jpg')
    const dataset = await scanFolder(folder.path('flat'), options)
    expect(dataset).toMatchObject({ layout: 'flat', classes: [] })
    expect(dataset.photos.map((it) => [it.path, it.class])).toEqual(
      expect.arrayContaining([
        ['a.jpg', null],
        ['b.jpg', null],
      ]),
    )
  })

  it('from train/, val/ and test/, each of which is kept', async () => {
    await make('three', 'train/a/1.jpg', 'val/a/2.jpg', 'test/a/3.jpg', 'train/b/4.jpg', 'val/b/5.jpg')
    expect(told(await scanFolder(folder.path('three'), options))).toEqual([
      ['train/a/1.jpg', 'a', 'train'],
      ['train/b/4.jpg', 'b', 'train'],
      ['val/a/2.jpg', 'a', 'val'],
      ['val/b/5.jpg', 'b', 'val'],
      ['test/a/3.jpg', 'a', 'test'],
    ])
  })

  it.each([
    [
      'list.csv',
      'File;Label;Set\n../flat/a.jpg;ants;train\nx/c.jpg;"bees; wild";test\nx/d.jpg;;val\nno.jpg;ants;\n',
    ],
    [
      'list.json',
      JSON.stringify({
        photos: [
          { path: '../flat/a.jpg', class: 'ants', split: 'train' },
          { path: 'x/c.jpg', class: 'bees; wild', split: 'test' },
          { path: 'x/d.jpg', split: 'validation' },
          { path: 'no.jpg', class: 'ants' },
        ],
      }),
    ],
  ])('from a list, %s', async (name, text) => {
    await make('lists', 'x/c.jpg', 'x/d.jpg')
    await writeFile(folder.path('lists', name), text)
    const dataset = await scanSource(folder.path('lists', name), samples(), options)
    expect(told(dataset)).toEqual([
      ['../flat/a.jpg', 'ants', 'train'],
      ['x/d.jpg', null, 'val'],
      ['x/c.jpg', 'bees; wild', 'test'],
    ])
    expect(dataset.unreadable).toMatchObject([{ path: 'no.jpg', code: 'photo.missing' }])
  })

  it.each([
    ['bom.csv', Buffer.from('\ufeffpath,class\r\n"a.jpg","개, 고양이"\r\na.jpg,\r\na.jpg,"a ""b"""\r\n')],
    ['bom.json', Buffer.from('\ufeff[{"path":"a.jpg","class":"a \\"b\\""}]')],
    ['utf16.csv', Buffer.from('\ufeffpath\tclass\r\na.jpg\t"a ""b"""\r\n', 'utf16le')],
    ['utf16be.csv', Buffer.from('\ufeffpath\tclass\r\na.jpg\t"a ""b"""\r\n', 'utf16le').swap16()],
  ])('from a list as spreadsheets and Windows write them, %s', async (name, bytes) => {
    await make('written', 'a.jpg')
    await writeFile(folder.path('written', name), bytes)
    const dataset = await scanSource(folder.path('written', name), samples(), options)
    expect(told(dataset).map(([file, label]) => [file, label])).toEqual([['a.jpg', 'a "b"']])
  })

  it('from a list whose names are composed otherwise than in the folder, as the folder has them', async () => {
    const [inFolder, alsoInFolder] = ['고양이.jpg'.normalize('NFD'), 'éclair.jpg'.normalize('NFC')]
    await make('composed', inFolder, alsoInFolder)
    const list = `path,class\n${inFolder.normalize('NFC')},a\n${alsoInFolder.normalize('NFD')},b\n뱀.jpg,b\n`
    await writeFile(folder.path('composed', 'list.csv'), list)
    const dataset = await scanSource(folder.path('composed', 'list.csv'), samples(), options)
    expect(dataset.photos.map(({ path }) => path).sort()).toEqual([alsoInFolder, inFolder].sort())
    expect(dataset.unreadable).toMatchObject([{ path: '뱀.jpg' }])
  })

  it('not from a list in a code page of its country, whose class names would be others', async () => {
    // "path,class\na.jpg,고양이" as Korean Excel saves plain CSV.
    const korean = Buffer.concat([Buffer.from('path,class\na.jpg,'), Buffer.from('b0edbee7c0cc', 'hex')])
    await writeFile(folder.path('cp949.csv'), korean)
    await expect(scanSource(folder.path('cp949.csv'), samples(), options)).rejects.toMatchObject({
      code: 'list.unreadable',
      parameters: { reason: 'not-utf8' },
    })
  })

  it.each([
    ['empty.csv', 'path,class\n', { reason: 'names-no-photos' }],
    ['columns.csv', 'name,kind\na.jpg,ants\n', { reason: 'names-no-photos' }],
    ['quote.csv', 'path,class\n"a.jpg,ants\n', { reason: 'no-table', line: 2 }],
    ['words.json', '{"a": 1}', { reason: 'no-array' }],
    ['torn.json', '[{"path": ', { reason: 'no-json' }],
    ['split.csv', 'path,split\na.jpg,sometimes\n', { reason: 'no-part', part: 'sometimes' }],
    ['crop.csv', 'path,crop\na.jpg,1 2 3\n', { reason: 'no-crop', crop: '1 2 3' }],
  ])(
    'not from a list that is none, %s, and why is a code with words in both languages',
    async (name, text, why) => {
      await writeFile(folder.path(name), text)
      await expect(scanSource(folder.path(name), samples(), options)).rejects.toMatchObject({
        code: 'list.unreadable',
        parameters: why,
      })
      expect(isReason(why.reason)).toBe(true)
    },
  )

  it('from an archive as it is now, also after it was packed again under its name', async () => {
    const archive = folder.path('packed.zip')
    const pack = (...names: string[]) =>
      writeFile(archive, zipFile(Object.fromEntries(names.map((name) => [name, photo]))))
    const names = async () =>
      (await scanSource(archive, samples(), options)).photos.map((it) => it.path).toSorted()
    await pack('ants/a.jpg', 'bees/b.jpg')
    expect(await names()).toEqual(['ants/a.jpg', 'bees/b.jpg'])
    await pack('ants/a.jpg', 'bees/b.jpg', 'bees/c.jpg')
    expect(await names()).toEqual(['ants/a.jpg', 'bees/b.jpg', 'bees/c.jpg'])
  })

  it('from an archive whose name is as long as the disk takes', async () => {
    const archive = folder.path(`${'개'.repeat(83)}.zip`)
    await writeFile(archive, zipFile({ 'ants/a.jpg': photo }))
    expect((await scanSource(archive, samples(), options)).photos).toHaveLength(1)
  })

  it('not from archives within an archive, which are named instead', async () => {
    const archive = folder.path('nested.zip')
    await writeFile(archive, zipFile({ 'ants.zip': zipFile({ 'a.jpg': photo }), '벌.zip': 'PK' }))
    const dataset = await scanSource(archive, samples(), options)
    expect([dataset.photos, dataset.archives]).toEqual([[], ['ants.zip', '벌.zip']])
    expect(() => requireTrainable(trainable(undecided(dataset)))).toThrow(
      expect.objectContaining({
        code: 'dataset.only-archives',
        parameters: { folder: archive, files: 'ants.zip, 벌.zip' },
      }),
    )
  })

  it('not from an archive that is damaged', async () => {
    await writeFile(folder.path('broken.zip'), 'PK')
    await expect(scanSource(folder.path('broken.zip'), samples(), options)).rejects.toMatchObject({
      code: 'archive.damaged',
    })
  })

  it('by a name that is neither a folder nor a dataset’s not at all', async () => {
    const paths = { ...samples(), datasets: folder.path('datasets'), scans: folder.path('scans') }
    await expect(
      openDataset('nowhere', { ...options, paths, onSlowNames: () => undefined }),
    ).rejects.toMatchObject({
      code: 'dataset.missing',
    })
  })
})

describe('keywords', () => {
  const tool = new ExifTool({ maxProcs: 1 })
  afterAll(() => tool.end())
  const facts = async (name: string) => {
    const file = folder.path('tagged', name)
    return factsOf(file, await readPhotoFile(file))
  }
  const tag = (name: string, tags: Record<string, unknown>) =>
    tool.write(folder.path('tagged', name), tags, {
      writeArgs: ['-overwrite_original', '-codedcharacterset=utf8'],
    })

  it('are read as Lightroom, digiKam and IPTC programs write them, and from files beside the photo', async () => {
    await make('tagged', 'lightroom.jpg', 'digikam.jpg', 'iptc.jpg', 'side.jpg', 'plain.jpg')
    await tag('lightroom.jpg', {
      'XMP-dc:Subject': ['벌', 'bees', 'garden'],
      'XMP-lr:HierarchicalSubject': ['insects|벌', 'insects|bees'],
      'IPTC:Keywords': ['bees', '벌'],
      ...{
        DateTimeOriginal: '2026:05:06 07:08:09',
        SubSecTimeOriginal: '25',
        Make: 'Canon',
        Model: 'Canon EOS R5',
      },
    })
    await tag('digikam.jpg', { 'XMP-digiKam:TagsList': ['insects/ants'] })
    await tag('iptc.jpg', { 'IPTC:Keywords': ['개미', 'ants'] })
    await tag('side.xmp', { 'XMP-dc:Subject': ['wasps & co'] })
    expect(await facts('lightroom.jpg')).toEqual({
      taken: Date.UTC(2026, 4, 6, 7, 8, 9, 250),
      camera: 'Canon EOS R5',
      keywords: ['garden', 'insects|bees', 'insects|벌'],
    })
    expect(await facts('digikam.jpg')).toEqual({ keywords: ['insects|ants'] })
    expect((await facts('iptc.jpg')).keywords).toEqual(['ants', '개미'])
    expect(await facts('side.jpg')).toEqual({ keywords: ['wasps & co'] })
    expect(await facts('plain.jpg')).toEqual({})
  })

  it('become classes where a photo’s keywords say one', () => {
    const photos = [
      { path: '1', keywords: ['insects|bees', 'sun'] },
      { path: '2', keywords: ['insects|ants'] },
      { path: '3', keywords: ['insects|ants', 'insects|bees'] },
      { path: '4' },
    ]
    expect(keywordsIn(photos).slice(0, 3)).toEqual([
      { keyword: 'insects', photos: 3 },
      { keyword: 'insects|ants', photos: 2 },
      { keyword: 'insects|bees', photos: 2 },
    ])
    const classes = new Map([
      ['insects|bees', 'bees'],
      ['insects|ants', 'ants'],
    ])
    expect([...keywordLabels(photos, classes)]).toEqual([
      ['1', 'bees'],
      ['2', 'ants'],
    ])
  })
})
