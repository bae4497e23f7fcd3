import { appendFile, truncate, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { LineFile } from '../../../../src/main/engine/store/lineFile.ts'
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
