/**
 * What decoding said of each photo, kept so that a second scan of 20,000 photos reads no pixel. A file a dataset, one JSON
 * line a photo; a photo whose size or time changed, or whose sidecar, is decoded again. A file that is damaged or of another version counts
 * as absent: everything in it can be computed again.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { makeFolder, writeAtomic } from '../files.ts'
import { largestPhoto } from '../photos/decode.ts'

/** Codes that the photo's bytes alone decide; a missing permission may be there tomorrow. */
const lasting = [
  'photo.empty',
  'photo.not-a-photo',
  'photo.truncated',
  'photo.damaged',
  'photo.too-large',
  'photo.unsupported',
  'photo.no-preview',
] as const

const Header = z.strictObject({ version: z.literal(3), largestPhoto: z.literal(largestPhoto) })
const Verdict = z.union([
  z.strictObject({
    width: z.int().positive(),
    height: z.int().positive(),
    hash: z.string(),
    signature: z.string().optional(),
    /** Those that were looked at before there were any have none. */
    colours: z.string().optional(),
    taken: z.number().optional(),
    camera: z.string().optional(),
    iso: z.number().positive().optional(),
    keywords: z.array(z.string()).optional(),
  }),
  z.strictObject({
    code: z.enum(lasting),
    parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
])
export type Verdict = z.infer<typeof Verdict>
const Line = z.strictObject({
  ...{ path: z.string(), bytes: z.number(), modified: z.number(), sidecar: z.number().optional() },
  verdict: Verdict,
})

/** A photo and the state of its file that a verdict is about. */
export interface FileState {
  path: string
  bytes: number
  modified: number
  /** When the XMP file beside it was changed last; without one it is not there. */
  sidecar?: number | undefined
}

export function isLasting(code: string): code is (typeof lasting)[number] {
  return (lasting as readonly string[]).includes(code)
}

const keyOf = ({ path: file, bytes, modified, sidecar }: FileState) =>
  JSON.stringify([file, bytes, modified, sidecar])

export class Verdicts {
  private readonly file: string
  private readonly known: Map<string, Verdict>

  private constructor(file: string, known: Map<string, Verdict>) {
    this.file = file
    this.known = known
  }

  static async open(cacheFolder: string, dataset: string): Promise<Verdicts> {
    const name = createHash('sha256').update(dataset).digest('hex').slice(0, 16)
    const file = path.join(cacheFolder, 'scans', `${name}.jsonl`)
    const known = new Map<string, Verdict>()
    try {
      const [header, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n')
      Header.parse(JSON.parse(header!))
      for (const line of lines) {
        const { verdict, ...state } = Line.parse(JSON.parse(line))
        known.set(keyOf(state), verdict)
      }
    } catch {
      known.clear()
    }
    return new Verdicts(file, known)
  }

  get(state: FileState): Verdict | undefined {
    return this.known.get(keyOf(state))
  }

  set(state: FileState, verdict: Verdict): void {
    this.known.set(keyOf(state), verdict)
  }

  get size(): number {
    return this.known.size
  }

  /** Keeps the verdicts on these files and forgets all others; without files it keeps all. */
  async save(states: Iterable<FileState> = this.states()): Promise<void> {
    const lines = [JSON.stringify({ version: 3, largestPhoto })]
    for (const { path: file, bytes, modified, sidecar } of states) {
      const state = { path: file, bytes, modified, sidecar }
      const verdict = this.get(state)
      if (verdict) lines.push(JSON.stringify({ ...state, verdict }))
    }
    await makeFolder(path.dirname(this.file))
    await writeAtomic(this.file, [`${lines.join('\n')}\n`])
  }

  private *states(): Generator<FileState, void, undefined> {
    for (const key of this.known.keys()) {
      const [file, bytes, modified, sidecar] = JSON.parse(key) as [string, number, number, number | null]
      yield { path: file, bytes, modified, sidecar: sidecar ?? undefined }
    }
  }
}
