import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { Classified } from '../../../shared/api/classify.ts'
import { ThawError } from '../../../shared/errors.ts'
import { readJson, writeJson } from './jsonFile.ts'

const Result = z.strictObject({ photos: z.array(Classified) })
export type Result = z.infer<typeof Result>

/** What a classification answered. @throws ThawError not-found */
export async function readResult(folder: string, id: string): Promise<Result> {
  const result = await readJson(path.join(folder, `${id}.json`), Result)
  if (!result) throw new ThawError('not-found', { what: 'this-result' })
  return result
}

/** @returns its id */
export async function writeResult(folder: string, result: Result): Promise<string> {
  const id = randomBytes(8).toString('hex')
  await writeJson(path.join(folder, `${id}.json`), result)
  return id
}
