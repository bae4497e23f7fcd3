import { readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import type { UploadLimits } from '../../../src/main/host/uploads.ts'
import { Uploads } from '../../../src/main/host/uploads.ts'
import { put } from '../../support/folder.ts'
import { testFolder } from '../../support/engine/host.ts'

const bodyOf = (text: string) => new Response(text).body

async function uploadsIn(limits: Partial<UploadLimits>) {
  const home = await testFolder()
  const uploads = new Uploads(home, limits)
  const send = (name: string, text: string, declared?: number) =>
    uploads.receive({ batch: 'b', name, body: bodyOf(text), declared })
  const there = () => readdir(path.join(home, 'uploads', 'b'))
  return { home, uploads, send, there }
}

test('Sent files may be so many and no more', async () => {
  const { send, there } = await uploadsIn({ files: 2 })
  await send('1.jpg', 'a')
  await send('2.jpg', 'a')
  await expect(send('3.jpg', 'a')).rejects.toMatchObject({
    code: 'upload.quota',
    parameters: { taken: '2 files', limit: '2 files' },
  })
  expect(await there()).toEqual(['1.jpg', '2.jpg'])
})

test('Files that come at once count before they are whole, and one that failed gives its place back', async () => {
  const { send, there } = await uploadsIn({ files: 2, file: 5 })
  const came = await Promise.allSettled(['1', '2', '3', '4'].map((it) => send(`${it}.jpg`, 'a')))
  expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  expect(await there()).toHaveLength(2)
  const other = await uploadsIn({ files: 1, file: 5 })
  await expect(other.send('1.jpg', 'too long')).rejects.toMatchObject({ code: 'upload.too-large' })
  await other.send('2.jpg', 'a')
  expect(await other.there()).toEqual(['2.jpg'])
})

test('Files of one name that come at once all stay, each under a name of its own', async () => {
  const { send, home } = await uploadsIn({})
  const texts = Array.from({ length: 20 }, (_, i) => `photo ${i}`)
  const came = await Promise.all(texts.map((text) => send('IMG_1.jpg', text)))
  expect(new Set(came.map(({ file }) => file)).size).toBe(20)
  const found = await Promise.all(came.map(({ file }) => readFile(file, 'utf8')))
  expect(found).toEqual(texts)
  expect(await readdir(path.join(home, 'uploads', 'b'))).toHaveLength(20)
})

test('Sent files may take so many bytes and no more, whether their length was told, hidden or wrong', async () => {
  const { send, there } = await uploadsIn({ bytes: 10 })
  await send('1.jpg', '12345')
  await send('2.jpg', '12345', 5)
  for (const declared of [undefined, 0, 1])
    await expect(send('3.jpg', '1', declared)).rejects.toMatchObject({ code: 'upload.quota' })
  expect(await there()).toEqual(['1.jpg', '2.jpg'])
})

test('What is announced too large for the rest is refused before a byte, and takes nothing of it', async () => {
  const { uploads, send, there } = await uploadsIn({ bytes: 10 })
  await send('1.jpg', '12345')
  let isRead = false
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (stream) => {
        isRead = true
        stream.close()
      },
    },
    { highWaterMark: 0 },
  )
  const refused = uploads.receive({ batch: 'b', name: '2.jpg', body, declared: 6 })
  await expect(refused).rejects.toMatchObject({ code: 'upload.quota' })
  expect(isRead).toBe(false)
  expect(await there()).toEqual(['1.jpg'])
  await send('2.jpg', '12345', 5)
})

test('What failed halfway takes nothing of the limit', async () => {
  const { uploads, send, there } = await uploadsIn({ bytes: 10 })
  const chunks = ['1234', '5678']
  const body = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      const next = chunks.shift()
      if (next === undefined) throw new Error('the browser is gone')
      stream.enqueue(Buffer.from(next))
    },
  })
  await expect(uploads.receive({ batch: 'b', name: 'a.jpg', body })).rejects.toThrow('gone')
  expect(await there()).toEqual([])
  await send('b.jpg', '1234567890')
})

test('Files of earlier starts count', async () => {
  const { home, send } = await uploadsIn({ bytes: 10, files: 3 })
  await put(path.join(home, 'uploads', 'old', 'class', 'a.jpg'), '123456')
  await expect(send('1.jpg', '12345')).rejects.toMatchObject({ code: 'upload.quota' })
  await send('1.jpg', '1234')
})

test('What was swept gives its place back, within a minute', async () => {
  const { home, send } = await uploadsIn({ bytes: 10 })
  let now = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    await send('1.jpg', '1234567890')
    await rm(path.join(home, 'uploads'), { recursive: true })
    now += 59_000
    await expect(send('2.jpg', '1')).rejects.toMatchObject({ code: 'upload.quota' })
    now += 2000
    await send('2.jpg', '1234567890')
  } finally {
    clock.mockRestore()
  }
})

// Only Linux tells which files a process has open.
test.skipIf(process.platform !== 'linux')(
  'No file stays open, whether it was taken in or refused',
  async () => {
    const { home, send } = await uploadsIn({ file: 4 })
    await send('1.jpg', '1234')
    await expect(send('2.jpg', '12345')).rejects.toMatchObject({ code: 'upload.too-large' })
    const open = await readdir('/proc/self/fd')
    const files = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
    expect(files.filter((file) => file.startsWith(home))).toEqual([])
  },
)

test('A disk that is nearly full is told as that, before anything is written', async () => {
  const { home, send } = await uploadsIn({ free: Number.MAX_SAFE_INTEGER, freeShare: 1 })
  await expect(send('1.jpg', 'a')).rejects.toMatchObject({ code: 'upload.no-space' })
  await expect(stat(path.join(home, 'uploads'))).rejects.toThrow()
})

test('What stays free is the smaller of so many bytes and a share of the disk, and what is announced counts as there', async () => {
  for (const limits of [
    { free: Number.MAX_SAFE_INTEGER, freeShare: 0 },
    { free: 0, freeShare: 1 },
  ])
    expect((await (await uploadsIn(limits)).send('1.jpg', 'a')).bytes).toBe(1)
  const most = Number.MAX_SAFE_INTEGER
  const { home, uploads } = await uploadsIn({ free: 1, freeShare: 1, file: most, bytes: most })
  const announced = { batch: 'b', name: '1.jpg', body: null, declared: 2 ** 52 }
  await expect(uploads.receive(announced)).rejects.toMatchObject({ code: 'upload.no-space' })
  await expect(stat(path.join(home, 'uploads'))).rejects.toThrow()
})

test('Sent files are the person’s alone, and a second of the same name gets a number', async () => {
  const { send } = await uploadsIn({})
  const { file, folder } = await send('class/1.jpg', 'first')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  const second = await send('class/1.jpg', 'second')
  expect(path.basename(second.file)).toBe('1 (2).jpg')
  expect(path.basename((await send('class/1.jpg', 'third')).file)).toBe('1 (3).jpg')
  expect(await readFile(file, 'utf8')).toBe('first')
})

test('Letters with accents are one name however a system writes them: macOS takes them apart', async () => {
  const { send, there } = await uploadsIn({})
  await send('caf\u00e9/\ubc8c.jpg', 'whole')
  const second = await send('cafe\u0301/\u1107\u1165\u11af.jpg', 'apart')
  expect(path.basename(second.file)).toBe('\ubc8c (2).jpg')
  expect(await there()).toEqual(['caf\u00e9'])
})

test('A file that is too large is refused: before a byte where that was told, and where it was not as soon as it is', async () => {
  const { uploads, send, there } = await uploadsIn({ file: 2 ** 20 })
  let pulled = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (stream) => {
        pulled += 1
        stream.enqueue(new Uint8Array(2 ** 18))
      },
    },
    { highWaterMark: 0 },
  )
  const tooLarge = { code: 'upload.too-large', parameters: { limit: '1 MB' } }
  const upload = { batch: 'b', name: 'a.jpg', body }
  await expect(uploads.receive({ ...upload, declared: 2 ** 20 + 1 })).rejects.toMatchObject(tooLarge)
  expect(pulled).toBe(0)
  await expect(uploads.receive({ ...upload, declared: 1 })).rejects.toMatchObject(tooLarge)
  expect(pulled).toBe(5)
  await send('whole.jpg', 'x'.repeat(2 ** 20), 2 ** 20)
  expect(await there()).toEqual(['whole.jpg'])
})

test.each([
  '../a.jpg',
  'x/../../a.jpg',
  '/etc/passwd',
  '..',
  '.',
  '',
  'x//a.jpg',
  '.hidden',
  'x/.a.jpg',
  'a\\b.jpg',
  'a\0.jpg',
  'CON',
  'nul.jpg',
  'x/lpt1.png',
  'COM¹.jpg',
  'x/lpt³',
  'a'.repeat(256),
  'a/'.repeat(16) + 'a.jpg',
])('A sent file called %j leads nowhere', async (name) => {
  const { home, send } = await uploadsIn({})
  await expect(send(name, 'x')).rejects.toMatchObject({ code: 'rpc.invalid' })
  expect(await readdir(home)).toEqual([])
})

test.each(['..', 'a/b', '', 'a b', 'x'.repeat(65)])('A batch called %j leads nowhere', async (batch) => {
  const { home, uploads } = await uploadsIn({})
  await expect(uploads.receive({ batch, name: 'a.jpg', body: bodyOf('x') })).rejects.toMatchObject({
    code: 'rpc.invalid',
  })
  expect(await readdir(home)).toEqual([])
})
