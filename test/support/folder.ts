import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll } from 'vitest'

/** A folder of its own for the tests of one file, gone afterwards. */
export function temporaryFolder(): { path: (...parts: string[]) => string } {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'thaw-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  return {
    path: (...parts) => {
      // Before that it would be a path in the project, in which the test would work.
      if (folder === '') throw new Error('There is no folder before the tests begin')
      return path.join(folder, ...parts)
    },
  }
}

/** Writes a file, making its folders. */
export async function put(file: string, bytes: Uint8Array | string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, bytes)
  return file
}

/** A small JPEG of one colour. */
export function jpeg(colour: { r: number; g: number; b: number }, width = 24, height = 16): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .jpeg()
    .toBuffer()
}
