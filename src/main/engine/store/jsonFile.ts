import { readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'
import { brokenName, makeFolder, systemCode, writeAtomic } from '../files.ts'

/** What a JSON file holds; undefined if it is not there or does not hold what it should. */
export async function readJson<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw error
  }
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * What a JSON file holds before it is changed. One that is there and cannot be understood, of a later Thaw or broken, is set aside beside
 * it: the change would write over all that it holds.
 */
export async function readToChange<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  const found = await readJson(file, schema)
  if (found === undefined) await moveFile(file, brokenName(file))
  return found
}

/** @throws ThawError `disk.full`, `output.unwritable` */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await makeFolder(path.dirname(file))
  await writeAtomic(file, [JSON.stringify(value)])
}

/** A file under another name, over what has it. Where there is none, or that cannot be done, all stays as it is. */
export const moveFile = (from: string, to: string): Promise<void> => rename(from, to).catch(() => undefined)
