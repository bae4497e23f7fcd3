import sharp from 'sharp'
import { expect, it } from 'vitest'
import { factsOf } from '../../../../src/main/engine/photos/facts.ts'
import { readPhotoFile } from '../../../../src/main/engine/photos/read.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const photo = await jpeg({ r: 90, g: 120, b: 30 })

async function keywordsBeside(name: string, xmp: string): Promise<string[] | undefined> {
  await put(folder.path(`${name}.jpg`), photo)
  await put(folder.path(`${name}.xmp`), xmp)
  const file = folder.path(`${name}.jpg`)
  return (await factsOf(file, await readPhotoFile(file))).keywords
}
const list = (property: string, ...items: string[]) =>
  `<${property}><rdf:Bag>${items.map((item) => `<rdf:li>${item}</rdf:li>`).join('')}</rdf:Bag></${property}>`

it('Characters that a sidecar writes by name or number are read, and one beyond Unicode spoils neither it nor the scan', async () => {
  const words = [
    'ants &amp; bees',
    '&#xac1c;&#48120;',
    '&#233;t&#xE9;',
    '&odd;',
    '&#x110000;',
    '&#99999999999;',
  ]
  const keywords = await keywordsBeside('numbered', list('dc:subject', ...words))
  expect(keywords).toEqual(['ants & bees', '개미', 'été', '&odd;', '&#x110000;', '&#99999999999;'].toSorted())
})

it('A flat keyword that repeats a level of a hierarchy is told once', async () => {
  const xmp = list('lr:hierarchicalSubject', 'insects|ants') + list('dc:subject', 'ants', 'insects', 'red')
  expect(await keywordsBeside('levels', `<x>${xmp}</x>`)).toEqual(['insects|ants', 'red'])
})

it('A photo was taken when its shutter opened, not when a program read or wrote it', async () => {
  const takenBy = async (exif: Record<string, Record<string, string>>) => {
    const file = folder.path('taken.jpg')
    await put(file, await sharp(photo).withExif(exif).jpeg().toBuffer())
    return (await factsOf(file, await readPhotoFile(file))).taken
  }
  const IFD0 = { DateTime: '2026:11:29 12:00:00' }
  const DateTimeDigitized = '2025:01:01 00:00:00'
  const DateTimeOriginal = '2024:02:29 23:59:58'
  expect(await takenBy({ IFD0, IFD2: { DateTimeOriginal, DateTimeDigitized } })).toBe(
    Date.UTC(2024, 1, 29, 23, 59, 58),
  )
  expect(await takenBy({ IFD0, IFD2: { DateTimeDigitized } })).toBe(Date.UTC(2025, 0, 1))
  expect(await takenBy({ IFD0 })).toBeUndefined()
})

it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
  'A photo as %s tells when, by what and with which keywords it was taken',
  async (format) => {
    const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/">${list('dc:subject', '참새', 'red')}${list('lr:hierarchicalSubject', '새|참새')}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
    const exif = { IFD0: { Make: 'Thaw', Model: 'One' }, IFD2: { DateTimeOriginal: '2024:02:29 23:59:58' } }
    const file = folder.path(`whole.${format}`)
    await put(file, await sharp(photo).toFormat(format).withExif(exif).withXmp(xmp).toBuffer())
    expect(await factsOf(file, await readPhotoFile(file))).toEqual({
      taken: Date.UTC(2024, 1, 29, 23, 59, 58),
      camera: 'Thaw One',
      keywords: ['red', '새|참새'],
    })
  },
)
