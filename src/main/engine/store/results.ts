import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { Classified } from '../../../shared/api/classify.ts'
import { ThawError } from '../../../shared/errors.ts'
import { makeFolder, writeError } from '../files.ts'
import { readJson, writeJson } from './jsonFile.ts'

const Result = z.strictObject({ photos: z.array(Classified) })
export type Result = z.infer<typeof Result>

const fileOf = (folder: string, id: string): string => path.join(folder, `${id}.json`)
const logOf = (folder: string, id: string): string => path.join(folder, `${id}.jsonl`)

/** What a classification answered, as far as it has come. @throws ThawError not-found */
export async function readResult(folder: string, id: string): Promise<Result> {
  const result = await readJson(fileOf(folder, id), Result)
  if (result) return result
  const photos = await readLog(logOf(folder, id))
  if (!photos) throw new ThawError('not-found', { what: 'this-result' })
  return { photos }
}

/** @returns its id */
export async function writeResult(folder: string, result: Result): Promise<string> {
  const id = randomBytes(8).toString('hex')
  await writeJson(fileOf(folder, id), result)
  return id
}

/** The answers in a log, up to a line that was cut short by a crash; undefined if there is none. */
async function readLog(file: string): Promise<Classified[] | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const answers: Classified[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const answer = parsed(line)
    if (answer?.index !== answers.length) break
    answers.push(answer)
  }
  return answers
}

function parsed(line: string): Classified | undefined {
  try {
    return Classified.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** Answers as they come, a line each, so that a classification that was cut off goes on behind its last one. */
export class AnswerLog {
  private readonly folder: string
  private readonly id: string
  private readonly every: number
  private readonly handle: FileHandle
  private readonly answers: Classified[]
  private readonly began = performance.now()
  private waiting: string[] = []
  private written = performance.now()

  private constructor(folder: string, id: string, every: number, handle: FileHandle, answers: Classified[]) {
    this.folder = folder
    this.id = id
    this.every = every
    this.handle = handle
    this.answers = answers
  }

  /** @param every milliseconds between two writes @throws ThawError disk.full, output.unwritable */
  static async open(folder: string, id: string, every: number): Promise<AnswerLog> {
    await makeFolder(folder)
    const file = logOf(folder, id)
    const answers = (await readLog(file)) ?? []
    try {
      const handle = await open(file, 'w')
      const log = new AnswerLog(folder, id, every, handle, answers)
      // Without what a crash may have left of a line.
      log.waiting = answers.map(asLine)
      await log.flush()
      return log
    } catch (error) {
      throw writeError(error, file)
    }
  }

  get count(): number {
    return this.answers.length
  }

  get failed(): number {
    return this.answers.filter(({ error }) => error !== null).length
  }

  /** @throws ThawError disk.full */
  async add(answer: Classified): Promise<void> {
    this.answers.push(answer)
    this.waiting.push(asLine(answer))
    if (performance.now() - this.written >= this.every) await this.flush()
  }

  /** All are there: the result is written whole, and the log is not needed any more. */
  async finish(): Promise<{ photos: number; failed: number; seconds: number }> {
    await writeJson(fileOf(this.folder, this.id), { photos: this.answers })
    await this.close()
    await rm(logOf(this.folder, this.id), { force: true })
    const seconds = (performance.now() - this.began) / 1000
    return { photos: this.count, failed: this.failed, seconds }
  }

  async close(): Promise<void> {
    await this.flush().catch(() => undefined)
    await this.handle.close().catch(() => undefined)
  }

  private async flush(): Promise<void> {
    const text = this.waiting.splice(0).join('')
    this.written = performance.now()
    try {
      if (text !== '') await this.handle.write(text)
    } catch (error) {
      throw writeError(error, logOf(this.folder, this.id))
    }
  }
}

const asLine = (answer: Classified): string => `${JSON.stringify(answer)}\n`
