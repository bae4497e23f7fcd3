import path from 'node:path'
import { z } from 'zod'
import { writeError } from '../files.ts'
import type { FileLayer } from './fileLayer.ts'
import { How } from '../../../shared/api/filing.ts'
import type { FilingPlan, Reason } from './list.ts'
import { Act } from './list.ts'

/** Why, in words and as a code; journals of older versions have no parameters. */
const why = {
  code: z.string(),
  message: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
}

/** A line of the journal: what is about to happen, or what has. */
const Entry = z.discriminatedUnion('step', [
  /** What the list was: with it and the acts themselves the journal alone can take everything back. Older journals have neither. */
  z.strictObject({
    step: z.literal('list'),
    created: z.string(),
    how: How,
    target: z.string(),
    pattern: z.string(),
    dataset: z.string().optional(),
  }),
  /** This folder is about to be made, and goes again with the undo if it is empty. */
  z.strictObject({ step: z.literal('folder'), folder: z.string() }),
  z.strictObject({ step: z.literal('begin'), act: z.int(), what: Act.optional() }),
  /** Done; `hash` is the SHA-256 of what is at the new place, where it was read. */
  z.strictObject({ step: z.literal('done'), act: z.int(), hash: z.string().optional() }),
  /** Not done, with everything where it was: it is to be done again. */
  z.strictObject({ step: z.literal('again'), act: z.int() }),
  /** Given up, with everything where it was. */
  z.strictObject({ step: z.literal('failed'), act: z.int(), ...why }),
  z.strictObject({ step: z.literal('undo'), act: z.int() }),
  z.strictObject({ step: z.literal('undone'), act: z.int() }),
  /** Cannot be undone: something changed since. Everything is as the act left it. */
  z.strictObject({ step: z.literal('kept'), act: z.int(), ...why }),
])
export type JournalEntry = z.infer<typeof Entry>
export type JournalledList = Pick<FilingPlan, 'created' | 'how' | 'target' | 'pattern' | 'dataset'>

/** Where an act stands. `begun` and `undoing` are ones that a crash has cut off. */
export type ActState = 'planned' | 'begun' | 'done' | 'failed' | 'undoing' | 'undone' | 'kept'

const stateAfter: Record<Exclude<JournalEntry['step'], 'folder' | 'list'>, ActState> = {
  begin: 'begun',
  again: 'planned',
  done: 'done',
  failed: 'failed',
  undo: 'undoing',
  undone: 'undone',
  kept: 'kept',
}

/** In the folder of a filing that has touched something, or was about to. */
export const journalFile = 'journal.jsonl'

/** What a filing has done so far: one line a step, flushed to the disk before the step's effect is relied on. */
export class Journal {
  private readonly files: FileLayer
  private readonly file: string
  private readonly states = new Map<number, ActState>()
  private readonly hashes = new Map<number, string>()
  private readonly reasons = new Map<number, Reason>()
  /** Acts that were begun, by their numbers. */
  readonly acts = new Map<number, Act>()
  /** undefined: nothing has been touched yet, or an older version wrote it. */
  list: JournalledList | undefined
  /** Folders that the filing made, in order. */
  readonly folders: string[] = []
  private startsLine = true

  private constructor(files: FileLayer, file: string) {
    this.files = files
    this.file = file
  }

  /** Reads what is there; a last line that was cut off by a crash never happened. */
  static async open(files: FileLayer, folder: string): Promise<Journal> {
    const journal = new Journal(files, path.join(folder, journalFile))
    if (!(await files.facts(journal.file))) return journal
    const text = (await files.read(journal.file)).toString('utf8')
    for (const line of text.split('\n')) {
      const entry = parsed(line)
      if (entry) journal.take(entry)
    }
    journal.startsLine = text === '' || text.endsWith('\n')
    return journal
  }

  /** Writes a line, and returns when it is on the disk. @throws ThawError disk.full, output.unwritable */
  async write(entry: JournalEntry): Promise<void> {
    // What a crash cut off stays a line of its own.
    const text = `${this.startsLine ? '' : '\n'}${JSON.stringify(entry)}\n`
    this.startsLine = false
    try {
      await this.files.append(this.file, text)
    } catch (error) {
      throw writeError(error, this.file)
    }
    this.startsLine = true
    this.take(entry)
  }

  private take(entry: JournalEntry): void {
    if (entry.step === 'folder') {
      this.folders.push(entry.folder)
      return
    }
    if (entry.step === 'list') {
      this.list = entry
      return
    }
    if (entry.step === 'begin' && entry.what) this.acts.set(entry.act, entry.what)
    this.states.set(entry.act, stateAfter[entry.step])
    // Why it failed once is no reason of what came of it later.
    this.reasons.delete(entry.act)
    if (entry.step === 'done' && entry.hash !== undefined) this.hashes.set(entry.act, entry.hash)
    if (entry.step === 'failed' || entry.step === 'kept')
      this.reasons.set(entry.act, { code: entry.code, message: entry.message, parameters: entry.parameters })
  }

  /** Nothing was ever about to be done. */
  get isEmpty(): boolean {
    return this.states.size === 0 && this.folders.length === 0 && this.list === undefined
  }

  stateOf(act: number): ActState {
    return this.states.get(act) ?? 'planned'
  }

  hashOf(act: number): string | undefined {
    return this.hashes.get(act)
  }

  reasonOf(act: number): Reason | undefined {
    return this.reasons.get(act)
  }
}

function parsed(line: string): JournalEntry | undefined {
  try {
    return Entry.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
