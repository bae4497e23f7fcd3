import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { ThawError } from '../../../shared/errors.ts'
import { readJson, writeJson } from './jsonFile.ts'

const Paths = z.array(z.string())

/** Absolute paths of the photos of a selection. @throws ThawError not-found */
export async function readSelection(folder: string, id: string): Promise<string[]> {
  const paths = await readJson(path.join(folder, `${id}.json`), Paths)
  if (!paths) throw new ThawError('not-found', { what: 'this-selection' })
  return paths
}

/** @returns its id */
export async function writeSelection(folder: string, paths: readonly string[]): Promise<string> {
  const id = randomBytes(8).toString('hex')
  await writeJson(path.join(folder, `${id}.json`), paths)
  return id
}
