/**
 * Classifications in the data folder, a folder each: `about.json` and `photos.json` say what was asked, `answers.jsonl` has a line a
 * photo as it was answered, `knowledge.json` what the run's validation photos say of its answers. These the trainer writes.
 * `person.json` and `decisions.jsonl` hold what a person named and decided; those the library writes.
 */
import type { FileHandle } from 'node:fs/promises'
import { open, readdir, rm, truncate } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { Classified, ClassifyHow, ClassifyModel, ReviewSettings } from '../../../shared/api/classify.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Classifier } from '../classify/classifier.ts'
import { Knowledge } from '../classify/knowledge.ts'
import { exists, makeFolder, writeError } from '../files.ts'
import { readJson, writeJson } from './jsonFile.ts'
import { appendLines, LineFile } from './lineFile.ts'

/** What the trainer was asked, and how far it has come. */
export const About = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  created: z.string(),
  model: ClassifyModel,
  modelName: z.string(),
  how: ClassifyHow,
  classes: z.array(z.string()),
  watch: z.array(z.string()),
  finished: z.boolean(),
  seconds: z.number(),
})
export type About = z.infer<typeof About>

const Person = z.strictObject({
  name: z.string().optional(),
  settings: ReviewSettings.optional(),
})
type Person = z.infer<typeof Person>

/** `answer` null: none of the classes; left out: taken back. */
const Decision = z.strictObject({ index: z.int(), answer: z.string().nullable().optional() })
export type Decision = z.infer<typeof Decision>

const Paths = z.array(z.string())

export const answersFile = (folder: string): string => path.join(folder, 'answers.jsonl')
const aboutFile = (folder: string): string => path.join(folder, 'about.json')
const photosFile = (folder: string): string => path.join(folder, 'photos.json')
const knowledgeFile = (folder: string): string => path.join(folder, 'knowledge.json')
const personFile = (folder: string): string => path.join(folder, 'person.json')
const decisionsFile = (folder: string): string => path.join(folder, 'decisions.jsonl')

const missing = () => new ThawError('not-found', { what: 'this-result' })

/** @throws ThawError not-found */
export async function readAbout(folder: string): Promise<About> {
  const about = await readJson(aboutFile(folder), About)
  if (!about) throw missing()
  return about
}

/** Absolute paths. */
export const readPhotos = async (folder: string): Promise<string[]> =>
  (await readJson(photosFile(folder), Paths)) ?? []

/** null where no validation photos were known. */
export const readKnowledge = async (folder: string): Promise<Knowledge | null> =>
  (await readJson(knowledgeFile(folder), Knowledge)) ?? null

export const readPerson = async (folder: string): Promise<Person> =>
  (await readJson(personFile(folder), Person)) ?? {}

export const writePerson = (folder: string, person: Person): Promise<void> =>
  writeJson(personFile(folder), person)

/** The last word on each photo, by its index. */
export async function readDecisions(folder: string): Promise<Map<number, string | null>> {
  const decisions = new Map<number, string | null>()
  const file = new LineFile(decisionsFile(folder), Decision)
  for await (const { index, answer } of file.lines())
    if (answer === undefined) decisions.delete(index)
    else decisions.set(index, answer)
  return decisions
}

/** @throws ThawError disk.full */
export async function appendDecisions(folder: string, decisions: readonly Decision[]): Promise<void> {
  const file = decisionsFile(folder)
  try {
    // On the disk before anybody is told that it is decided.
    await appendLines(file, decisions.map(asLine).join(''), { flush: true })
  } catch (error) {
    throw writeError(error, file)
  }
}

/** Ids, in no order. */
export async function classificationIds(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

export const removeClassification = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true })

const asLine = (value: unknown): string => `${JSON.stringify(value)}\n`

/** How often the time that it has taken so far is written down, milliseconds: a crash costs no more than this of it. */
const timeEvery = 5000

/** Answers as they come, a line each, so that a classification that was cut off goes on behind its last one. */
export class AnswerLog {
  about: About
  private readonly folder: string
  private readonly every: number
  private readonly handle: FileHandle
  private began = performance.now()
  private timed = performance.now()
  private waiting: string[] = []
  private written = performance.now()
  count: number
  failed: number

  private constructor(options: {
    about: About
    folder: string
    every: number
    handle: FileHandle
    count: number
    failed: number
  }) {
    this.about = options.about
    this.folder = options.folder
    this.every = options.every
    this.handle = options.handle
    this.count = options.count
    this.failed = options.failed
  }

  /**
   * Begins a classification, or goes on with it: then `about` and `photos` are those it began with.
   * @param every milliseconds between two writes
   * @throws ThawError disk.full, output.unwritable
   */
  static async open(
    folder: string,
    every: number,
    begin: () => Promise<{ about: About; photos: readonly string[] }>,
  ): Promise<AnswerLog> {
    await makeFolder(folder)
    let about = await readJson(aboutFile(folder), About)
    if (!about) {
      const made = await begin()
      await writeJson(photosFile(folder), made.photos)
      await writeJson(aboutFile(folder), made.about)
      about = made.about
    }
    const file = new LineFile(answersFile(folder), Classified)
    let count = 0
    let failed = 0
    for await (const { index, error } of file.lines()) {
      if (index !== count) break
      count += 1
      if (error) failed += 1
    }
    try {
      // Without what a crash may have left of a line.
      if (await exists(answersFile(folder))) await truncate(answersFile(folder), await file.offsetOf(count))
      const handle = await open(answersFile(folder), 'a')
      return new AnswerLog({ about, folder, every, handle, count, failed })
    } catch (error) {
      throw writeError(error, folder)
    }
  }

  /** @throws ThawError disk.full */
  async add(answer: Classified): Promise<void> {
    this.count += 1
    if (answer.error) this.failed += 1
    this.waiting.push(asLine(answer))
    if (performance.now() - this.written >= this.every) await this.flush()
  }

  /** With photos that came later, or without some that have no answer yet. */
  async list(photos: readonly string[]): Promise<void> {
    await writeJson(photosFile(this.folder), photos)
  }

  /** Keeps what is known of the network that answers. */
  async knowing({
    name,
    classes,
    knowledge,
  }: Pick<Classifier, 'name' | 'classes' | 'knowledge'>): Promise<void> {
    if (knowledge) await writeJson(knowledgeFile(this.folder), knowledge)
    this.about = { ...this.about, modelName: name, classes: [...classes] }
    await writeJson(aboutFile(this.folder), this.about)
  }

  /** All are there. */
  async finish(): Promise<{ photos: number; failed: number; seconds: number }> {
    await this.flush()
    this.about = { ...this.about, finished: true }
    await this.keepTime()
    return { photos: this.count, failed: this.failed, seconds: this.about.seconds }
  }

  /** It may go on later: then the time that it has taken until now counts too. */
  private async keepTime(): Promise<void> {
    const now = performance.now()
    this.about = { ...this.about, seconds: this.about.seconds + (now - this.began) / 1000 }
    this.began = this.timed = now
    // Of one that was removed meanwhile nothing comes back.
    if (await exists(aboutFile(this.folder))) await writeJson(aboutFile(this.folder), this.about)
  }

  async close(): Promise<void> {
    await this.flush().catch(() => undefined)
    if (!this.about.finished) await this.keepTime().catch(() => undefined)
    await this.handle.close().catch(() => undefined)
  }

  async flush(): Promise<void> {
    const text = this.waiting.splice(0).join('')
    this.written = performance.now()
    try {
      if (text !== '') await this.handle.appendFile(text)
    } catch (error) {
      throw writeError(error, answersFile(this.folder))
    }
    if (performance.now() - this.timed >= timeEvery) await this.keepTime()
  }
}
