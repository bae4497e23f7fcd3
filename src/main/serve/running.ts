/** How `thaw serve --address` finds the servers of a data folder: each leaves a note there, which only the person can read. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import '../../shared/jitless.ts'
import { z } from 'zod'
import { ThawError } from '../../shared/errors.ts'

const Note = z.strictObject({ address: z.url(), apiToken: z.string().min(1) })
export type Note = z.infer<typeof Note>

const folderIn = (home: string): string => path.join(home, 'servers')
const fileOf = (home: string): string => path.join(folderIn(home), `${process.pid}.json`)

/** How long a server that is there may take to answer, milliseconds. */
const answersWithin = 5000

/** A disk that takes no note costs `--address`, nothing else. @returns what takes the note away */
export async function leaveNote(home: string, note: Note): Promise<() => Promise<void>> {
  const file = fileOf(home)
  await mkdir(folderIn(home), { recursive: true, mode: 0o700 })
    .then(() => writeFile(file, JSON.stringify(note), { mode: 0o600 }))
    .catch(() => undefined)
  return () => rm(file, { force: true }).catch(() => undefined)
}

async function read(file: string): Promise<Note | undefined> {
  try {
    return Note.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
  } catch {
    return undefined
  }
}

/** Asks a server for an address that was not used yet; undefined if it is not there any more. */
async function ask({ address, apiToken }: Note): Promise<string | undefined> {
  try {
    const answer = await fetch(new URL('/address', address), {
      method: 'POST',
      headers: { authorization: `Bearer ${apiToken}` },
      signal: AbortSignal.timeout(answersWithin),
    })
    return answer.ok ? z.strictObject({ address: z.url() }).parse(await answer.json()).address : undefined
  } catch {
    return undefined
  }
}

/**
 * A fresh address of the server of this data folder that was started last. Notes of servers that are gone are taken away.
 * @throws ThawError `serve.none`
 */
export async function freshAddress(home: string): Promise<Note> {
  const names = await readdir(folderIn(home)).catch(() => [])
  const dated = names.map(async (name) => {
    const file = path.join(folderIn(home), name)
    return { file, when: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 }
  })
  for (const { file } of (await Promise.all(dated)).sort((a, b) => b.when - a.when)) {
    const note = await read(file)
    const address = note && (await ask(note))
    if (address !== undefined) return { address, apiToken: note!.apiToken }
    await rm(file, { force: true }).catch(() => undefined)
  }
  throw new ThawError('serve.none', { home })
}
