import { existsSync, readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import { unzip } from '../../../src/main/engine/unzip.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const { signal } = new AbortController()

/** A zip archive with whatever names and flags, deflated (APPNOTE.TXT of PKWARE, 4.3). */
function zipOf(
  entries: readonly {
    name: string | Buffer
    content: Buffer
    flags?: number
    sum?: number
    extra?: Buffer
  }[],
): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const { name, content, flags = 0x800, sum = crc32(content), extra = Buffer.alloc(0) } of entries) {
    const packed = deflateRawSync(content)
    const called = typeof name === 'string' ? Buffer.from(name) : name
    const about = Buffer.alloc(26)
    about.writeUInt16LE(20, 0)
    about.writeUInt16LE(flags, 2)
    about.writeUInt16LE(8, 4)
    about.writeUInt32LE(sum, 10)
    about.writeUInt32LE(packed.length, 14)
    about.writeUInt32LE(content.length, 18)
    about.writeUInt16LE(called.length, 22)
    about.writeUInt16LE(extra.length, 24)
    const own = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), about, called, extra, packed])
    const offset = Buffer.alloc(14)
    offset.writeUInt32LE(at, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), about, offset, called, extra]))
    parts.push(own)
    at += own.length
  }
  const list = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06', 'latin1'), end])
}

async function unpacked(name: string, ...entries: Parameters<typeof zipOf>[0]): Promise<string> {
  await writeFile(folder.path(`${name}.zip`), zipOf(entries))
  await unzip(folder.path(`${name}.zip`), folder.path(name), signal, 2 ** 20)
  return folder.path(name)
}
const some = Buffer.from('a photo')

test('Folders, Korean names and names with backslashes come out as they are meant; of two of one name the last counts', async () => {
  const target = await unpacked(
    'sound',
    { name: '고양이/하나.jpg', content: some },
    { name: 'dog\\1.jpg', content: some },
    { name: 'dog/2.jpg', content: Buffer.from('first') },
    { name: 'dog/2.jpg', content: Buffer.from('last') },
  )
  expect(await readdir(path.join(target, '고양이'))).toEqual(['하나.jpg'])
  expect(await readdir(path.join(target, 'dog'))).toEqual(['1.jpg', '2.jpg'])
  expect(readFileSync(path.join(target, 'dog', '2.jpg'), 'utf8')).toBe('last')
})

test.each([
  ['that climbs out', '../out.jpg'],
  ['that climbs out by backslashes', '..\\out.jpg'],
  ['that is absolute', '/tmp/thaw-out.jpg'],
])('An archive with a name %s is refused, and nothing lies outside', async (_, name) => {
  await expect(unpacked('climbing', { name, content: some })).rejects.toMatchObject({
    code: 'archive.damaged',
  })
  expect([existsSync(folder.path('out.jpg')), existsSync('/tmp/thaw-out.jpg')]).toEqual([false, false])
})

test('An archive that becomes far more than its own size is given up', async () => {
  const content = Buffer.alloc(3 * 2 ** 20)
  await expect(unpacked('bomb', { name: 'a.bmp', content })).rejects.toMatchObject({
    code: 'archive.damaged',
  })
})

test('An archive as large as photos are is unpacked, however many they are', async () => {
  // Noise does not shrink, as photos do not.
  const content = Buffer.from(Array.from({ length: 2 ** 21 }, (_, i) => Math.imul(i * i, 2654435761) >>> 24))
  expect(await readdir(await unpacked('large', { name: 'a.jpg', content }))).toEqual(['a.jpg'])
})

test('Of an archive that is encrypted, or where a file and a folder have one name, it is told what is wrong', async () => {
  await expect(unpacked('locked', { name: 'a.jpg', content: some, flags: 0x801 })).rejects.toMatchObject({
    code: 'archive.damaged',
    parameters: { file: 'locked.zip', reason: 'encrypted' },
  })
  const both = [
    { name: 'a', content: some },
    { name: 'a/b.jpg', content: some },
  ]
  await expect(unpacked('both', ...both)).rejects.toHaveProperty('code')
})

test.each([
  ['with a zero character', 'a\0.jpg'],
  ['that no disk takes, for its length', `${'개'.repeat(120)}.jpg`],
  ['that is the folder itself', '.'],
  ['that is nothing', '//'],
])('An entry %s is told as an error with a code', async (_, name) => {
  const error = await unpacked('odd', { name, content: some }).then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (error !== undefined) expect(error).toBeInstanceOf(ThawError)
})

test('Names whose writing the archive does not tell are UTF-8, as macOS writes them, CP949 as Korean Windows does, or CP437', async () => {
  // 개미, 벌 and 똠 in CP949; the last one's second byte is a letter's.
  const korean = ['b0b3b9cc', 'b9fa', '8c63'].map((name) => Buffer.from(name, 'hex'))
  const plain = Buffer.from('train')
  const named = async (to: string, ...names: Buffer[]) =>
    (
      await readdir(await unpacked(to, ...names.map((name) => ({ name, content: some, flags: 0 }))))
    ).toSorted()
  expect(await named('windows', ...korean, plain)).toEqual(['개미', '똠', '벌', 'train'].toSorted())
  expect(await named('macos', Buffer.from('벌'), plain)).toEqual(['train', '벌'])
  // ö and ü of CP437 before a letter would be syllables of CP949 too.
  expect(await named('german', Buffer.from('569467656c', 'hex'), Buffer.from('66817220', 'hex'))).toEqual(
    ['Vögel', 'für '].toSorted(),
  )
})

test('Names that the archive declares do not decide how the others are written, and backslashes part folders in these too', async () => {
  const cp949 = (name: string) => Buffer.from(name, 'hex')
  // Info-ZIP's field: version, checksum of the plain name, the name in UTF-8.
  const [plain, name] = [Buffer.from('?.jpg'), Buffer.from('나비.jpg')]
  const extra = Buffer.alloc(9 + name.length)
  extra.writeUInt16LE(0x7075, 0)
  extra.writeUInt16LE(5 + name.length, 2)
  extra.writeUInt8(1, 4)
  extra.writeUInt32LE(crc32(plain), 5)
  name.copy(extra, 9)
  const target = await unpacked(
    'mixed',
    { name: '고양이.jpg', content: some },
    { name: plain, content: some, flags: 0, extra },
    // 개미\벌 and 똠.
    { name: cp949('b0b3b9cc5cb9fa'), content: some, flags: 0 },
    { name: cp949('8c63'), content: some, flags: 0 },
  )
  expect((await readdir(target, { recursive: true })).toSorted()).toEqual(
    ['고양이.jpg', '나비.jpg', '개미', path.join('개미', '벌'), '똠'].toSorted(),
  )
})

test('An entry that is not what was packed is told by its name', async () => {
  await expect(unpacked('changed', { name: 'a.jpg', content: some, sum: 1 })).rejects.toMatchObject({
    code: 'archive.damaged',
    parameters: { reason: 'entry-changed', entry: 'a.jpg' },
  })
})
