import { execFile } from 'node:child_process'
import { appendFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { appendLines, LineFile } from '../../../../src/main/engine/store/lineFile.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const line = (n: number) => `${JSON.stringify({ n, text: `사진 ${n}` })}\n`
const Line = z.object({ n: z.int(), text: z.string() })

async function numbersFrom(file: LineFile<typeof Line>, from: number): Promise<number[]> {
  const found: number[] = []
  for await (const { n } of file.lines(from)) found.push(n)
  return found
}

it('a file of lines is read from any line on, also while it grows', async () => {
  const file = new LineFile(folder.path('a.jsonl'), Line)
  expect(await numbersFrom(file, 0)).toEqual([])
  await writeFile(file.file, Array.from({ length: 700 }, (_, n) => line(n)).join(''))
  expect(await numbersFrom(file, 695)).toEqual([695, 696, 697, 698, 699])
  expect(await numbersFrom(file, 257)).toHaveLength(443)
  await appendFile(file.file, line(700))
  expect(await numbersFrom(file, 699)).toEqual([699, 700])
})

it('a last line that was torn counts as absent, and its place is where the next one goes', async () => {
  const file = new LineFile(folder.path('b.jsonl'), Line)
  await writeFile(file.file, line(0) + line(1))
  await truncate(file.file, Buffer.byteLength(line(0)) + 5)
  expect(await numbersFrom(file, 0)).toEqual([0])
  expect(await file.offsetOf(1)).toBe(Buffer.byteLength(line(0)))
})

const textOf = (name: string): Promise<string> => readFile(folder.path(name), 'utf8')

it('lines are appended to a file that is there, and to one that is not', async () => {
  await appendLines(folder.path('c.jsonl'), line(0))
  await appendLines(folder.path('c.jsonl'), line(1) + line(2), { flush: true })
  expect(await textOf('c.jsonl')).toBe(line(0) + line(1) + line(2))
  await mkdir(folder.path('a-folder'))
  await expect(appendLines(folder.path('a-folder'), line(0))).rejects.toMatchObject({ code: 'EISDIR' })
})

it.each([
  ['a few bytes', line(3).slice(0, 5)],
  ['more than is read at once', `{"n":3,"text":"${'x'.repeat(200_000)}`],
])('what a write that was cut off left of a line is not in the way of the next: %s', async (_, torn) => {
  const name = `torn-${torn.length}.jsonl`
  await writeFile(folder.path(name), line(0) + line(1) + torn)
  await appendLines(folder.path(name), line(4))
  expect(await textOf(name)).toBe(line(0) + line(1) + line(4))
})

it('a file that holds nothing but a torn line begins anew', async () => {
  await writeFile(folder.path('only.jsonl'), '{"n":')
  await appendLines(folder.path('only.jsonl'), line(0))
  expect(await textOf('only.jsonl')).toBe(line(0))
})

it('lines that are appended at the same time all arrive, each whole', async () => {
  const numbers = Array.from({ length: 50 }, (_, n) => n)
  await Promise.all(numbers.map((n) => appendLines(folder.path('many.jsonl'), line(n))))
  expect(await textOf('many.jsonl')).toBe(numbers.map(line).join(''))
  // Long ones take several writes each: none may look for the end of the file in the midst of another.
  const long = ['a', 'b', 'c', 'd'].map((letter) => `${letter.repeat(3_000_000)}\n`)
  await Promise.all(long.map((one) => appendLines(folder.path('long.jsonl'), one)))
  expect((await textOf('long.jsonl')) === long.join('')).toBe(true)
})

const module = new URL('../../../../src/main/engine/store/lineFile.ts', import.meta.url)

// The shell's limit on a file's length is what a full disk is: a write comes back short, and the next one fails.
it.skipIf(process.platform === 'win32')('a write that fails leaves nothing of itself', async () => {
  const file = folder.path('full.jsonl')
  const script = `
    import { appendLines } from ${JSON.stringify(module.href)}
    const line = JSON.stringify({ n: 0, text: 'x'.repeat(300) }) + '\\n'
    for (;;) await appendLines(process.argv[1], line).catch((error) => { console.log(error.code); process.exit(0) })`
  const { stdout } = await promisify(execFile)('bash', [
    ...['-c', 'ulimit -f 4; exec "$@"', 'bash', process.execPath, '--input-type=module'],
    ...['-e', script, file],
  ])
  expect(stdout.trim()).toBe('EFBIG')
  const text = await textOf('full.jsonl')
  expect(text.endsWith('\n')).toBe(true)
  expect(await numbersFrom(new LineFile(file, Line), 0)).toEqual(
    text
      .trim()
      .split('\n')
      .map(() => 0),
  )
  expect(text.length).toBeGreaterThan(3000)
})
