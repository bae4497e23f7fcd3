import type * as FileSystem from 'node:fs/promises'
import { readFile, writeFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'
import { appendLines } from '../../../../src/main/engine/store/lineFile.ts'
import { temporaryFolder } from '../../../support/folder.ts'

/** Whether the disk takes half of what is written and is full then. */
const disk = { isFull: false }
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>()
  const appendFile = async (file: string, text: string) => {
    if (!disk.isFull) return real.appendFile(file, text)
    await real.appendFile(file, text.slice(0, text.length / 2))
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }
  return { ...real, appendFile }
})

const folder = temporaryFolder()

it('a line that the disk took half of is told to be missing, and is not there by half', async () => {
  const file = folder.path('lines.jsonl')
  await writeFile(file, 'first\n')
  disk.isFull = true
  await expect(appendLines(file, 'second\nthird\n')).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(await readFile(file, 'utf8')).toBe('first\n')
  disk.isFull = false
  await appendLines(file, 'fourth\n')
  expect(await readFile(file, 'utf8')).toBe('first\nfourth\n')
})

it('lines behind one that failed are appended', async () => {
  const file = folder.path('next.jsonl')
  disk.isFull = true
  const failing = appendLines(file, 'first\n')
  await expect(failing).rejects.toMatchObject({ code: 'ENOSPC' })
  disk.isFull = false
  await appendLines(file, 'second\n')
  expect(await readFile(file, 'utf8')).toBe('second\n')
})
