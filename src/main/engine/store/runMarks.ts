import type { RunColumn } from '../../../shared/api/runMarks.ts'
import { RunMark, RunMarks } from '../../../shared/api/runMarks.ts'
import { readJson, readToChange, writeJson } from './jsonFile.ts'

type MarkChange = { [K in keyof RunMark]?: RunMark[K] | undefined }

const isEmpty = ({ star, tags, note, archived }: RunMark): boolean =>
  !star && tags.length === 0 && note === '' && !archived

/** A person's remarks on runs: one file, read before each change, so that several windows never undo each other's. */
export class RunMarkFile {
  private readonly file: string
  private last: Promise<unknown> = Promise.resolve()

  /** @param file see dataPaths */
  constructor(file: string) {
    this.file = file
  }

  async read(): Promise<RunMarks> {
    return (await readJson(this.file, RunMarks)) ?? RunMarks.parse({})
  }

  /** @throws ThawError disk.full, output.unwritable */
  mark(runs: readonly string[], change: MarkChange): Promise<RunMarks> {
    return this.markEach(Object.fromEntries(runs.map((run) => [run, change])))
  }

  /** A change of its own for each run: all of them or none. @throws ThawError disk.full, output.unwritable */
  markEach(changes: Readonly<Record<string, MarkChange>>): Promise<RunMarks> {
    return this.change(({ marks, columns }) => {
      const changed = { ...marks }
      for (const [run, change] of Object.entries(changes)) {
        const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
        const mark = RunMark.parse({ ...marks[run], ...given })
        if (isEmpty(mark)) Reflect.deleteProperty(changed, run)
        else changed[run] = { ...mark, tags: [...new Set(mark.tags)] }
      }
      return { marks: changed, columns }
    })
  }

  /** @throws ThawError disk.full, output.unwritable */
  choose(columns: RunColumn[]): Promise<RunMarks> {
    return this.change(({ marks }) => ({ marks, columns: [...new Set(columns)] }))
  }

  /** One change after the other. */
  private async change(change: (marks: RunMarks) => RunMarks): Promise<RunMarks> {
    const own = this.last.then(async () => {
      const marks = change((await readToChange(this.file, RunMarks)) ?? RunMarks.parse({}))
      await writeJson(this.file, marks)
      return marks
    })
    this.last = own.catch(() => undefined)
    return own
  }
}
