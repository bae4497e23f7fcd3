import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { RunState, RunSummary } from '../../../shared/run.ts'
import { RunEvent, RunRecord } from '../../../shared/run.ts'
import { exists, systemCode, temporaryName } from '../files.ts'
import { holderOf } from '../lock.ts'
import { asWrittenToday } from './formerEvents.ts'
import { dataPaths } from './paths.ts'

export const recordFile = 'run.json'
export const eventsFile = 'events.jsonl'

/** @throws ThawError run.missing, run.damaged */
export async function readRecord(folder: string): Promise<RunRecord> {
  let text: string
  try {
    text = await readFile(path.join(folder, recordFile), 'utf8')
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    throw new ThawError('run.missing', { run: path.basename(folder) }, { cause: error })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ThawError('run.damaged', { folder, ...because('record-no-json') })
  }
  const record = RunRecord.safeParse(json)
  if (record.success) return record.data
  const issue = record.error.issues[0]!
  throw new ThawError('run.damaged', {
    folder,
    ...because('record-wrong', { field: issue.path.join('.') || '{}' }),
  })
}

/** The record with a temperature by which logits are divided, or, with null, without one. */
export function withTemperature(record: RunRecord, temperature: number | null): RunRecord {
  const changed = { ...record }
  delete changed.temperature
  return temperature === null ? changed : { ...changed, temperature }
}

/** A line of a run's events: its number, and the bytes of the file up to its end. */
export interface EventLine {
  number: number
  line: string
  bytes: number
}

/**
 * The lines of a run's events in order, from number `from` on, unread. `start`: how many lines at the beginning, of how many bytes,
 * need not be looked at.
 */
export async function* eventLines(
  folder: string,
  from = 0,
  start: { number: number; bytes: number } = { number: 0, bytes: 0 },
): AsyncGenerator<EventLine> {
  const file = path.join(folder, eventsFile)
  if ((await stat(file).catch(() => undefined)) === undefined) return
  let { number, bytes } = start
  const input = createReadStream(file, { start: bytes })
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const own = number
      number += 1
      bytes += Buffer.byteLength(line) + 1
      if (own >= from) yield { number: own, line, bytes }
    }
  } finally {
    input.destroy()
  }
}

/**
 * The run's events in order, from number `from` on. A line that was cut off when the process was killed, or that a later Thaw wrote,
 * keeps its number and is left out.
 */
export async function* readEvents(
  folder: string,
  from = 0,
): AsyncGenerator<{ number: number; event: RunEvent }> {
  for await (const { number, line } of eventLines(folder, from)) {
    const event = parseEvent(line)
    if (event) yield { number, event }
  }
}

/** What steps told: nearly all of a run's events. */
const ofSteps = /^\{"type":"(?:batch|norms)"/

/** The run's events in order, but for those of its steps, which are not even read. */
export async function* eventsBetweenSteps(folder: string): AsyncGenerator<RunEvent> {
  for await (const { line } of eventLines(folder)) {
    const event = ofSteps.test(line) ? undefined : parseEvent(line)
    if (event) yield event
  }
}

export function parseEvent(line: string): RunEvent | undefined {
  try {
    return RunEvent.safeParse(asWrittenToday(JSON.parse(line))).data
  } catch {
    return undefined
  }
}

/** The lock of a run: whoever trains it has it. */
export const lockOf = (folder: string): string => path.join(folder, 'lock')

/** Number of the process that trains this run now; undefined if none does. */
export const trainedBy = (folder: string): number | undefined => holderOf(lockOf(folder))

/** Bytes of all files in and below a folder. One that has several names there counts once. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(path.join(entry.parentPath, entry.name)).then(
        ({ dev, ino, size }) => [`${dev} ${ino}`, size] as const,
        () => ['', 0] as const,
      ),
    )
  return [...new Map(await Promise.all(sizes)).values()].reduce((sum, size) => sum + size, 0)
}

type Told = Pick<RunSummary, 'epoch' | 'learns' | 'total' | 'best' | 'last' | 'seconds' | 'curve'> & {
  end: RunState | undefined
}

/** Points of a curve as small as a word. */
const longestCurve = 40

/** At most so many of the values, evenly, the last one among them. */
function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values]
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]!)
}

/** What the events tell, up to now. */
async function toldBy(folder: string): Promise<Told> {
  const told: Told = {
    epoch: 0,
    learns: 0,
    total: 0,
    best: null,
    last: null,
    seconds: 0,
    curve: [],
    end: undefined,
  }
  const accuracies: number[] = []
  for await (const event of eventsBetweenSteps(folder)) {
    switch (event.type) {
      case 'plan':
        told.learns = event.learns
        told.total = event.total
        break
      case 'started':
        told.end = undefined
        break
      case 'epoch':
        told.epoch = event.epoch
        told.last = event.val
        told.seconds += event.seconds
        if (event.epoch > 0) accuracies.push(event.val.accuracy)
        if (event.best) told.best = { ...event.val, epoch: event.epoch }
        break
      case 'stopped':
        told.end = event.reason === 'asked' ? 'stopped' : undefined
        break
      case 'failed':
        told.end = 'failed'
        break
      case 'finished':
        told.end = 'finished'
        told.seconds = event.seconds
        break
      default:
    }
  }
  return { ...told, curve: thinned(accuracies, longestCurve) }
}

const planTitle = ({ plan, thaw }: RunRecord['config']): string =>
  thaw.length > 0 ? 'gradual' : typeof plan === 'string' ? plan : 'own'

const photosOfRun = ({ dataset: { id, source, layout } }: RunRecord): RunSummary['photos'] => ({
  ...(id !== undefined && { id }),
  ...(source !== undefined && { source }),
  layout,
})

/** One row of the table of runs, from the folder alone. @throws ThawError run.missing, run.damaged */
export async function summarise(folder: string): Promise<RunSummary> {
  const record = await readRecord(folder)
  const { end, ...told } = await toldBy(folder)
  const running = end === undefined || end === 'stopped' ? trainedBy(folder) : undefined
  return {
    id: record.id,
    name: record.name,
    folder,
    created: record.created,
    state: running === undefined ? (end ?? 'interrupted') : 'running',
    network: record.network,
    plan: planTitle(record.config),
    dataset: record.dataset.folder,
    photos: photosOfRun(record),
    classes: record.classes,
    ...(record.fork && { fork: record.fork }),
    epochs: record.config.epochs,
    ...told,
    bytes: await bytesIn(folder),
  }
}

/** The epoch whose weights count; 0 where none has been better than what was there before training. */
export const bestEpochOf = async (folder: string): Promise<number> => (await toldBy(folder)).best?.epoch ?? 0

/** Folders below `runs` that hold a run.json. */
export async function runFolders(runs: string): Promise<string[]> {
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => [])
  const folders = entries
    // One that is still being copied in is none yet.
    .filter((entry) => entry.isDirectory() && !temporaryName.test(entry.name))
    .map((entry) => path.join(runs, entry.name))
  const there = await Promise.all(folders.map((folder) => exists(path.join(folder, recordFile))))
  return folders.filter((_, i) => there[i])
}

/** A folder of a run's name below `runs` that nothing has yet. */
export async function freeFolder(runs: string, id: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = path.join(runs, number === 1 ? id : `${id}-${number}`)
    if (!(await exists(folder))) return folder
  }
}

/** The folder of a run below `runs`. @throws ThawError run.missing, run.damaged where the folder of its name cannot be read */
export async function findRun(runs: string, id: string): Promise<string> {
  const direct = path.join(runs, id)
  let damage: ThawError | undefined
  // A folder usually has its run's id as its name; one that was copied by hand may not.
  for (const folder of (await runFolders(runs)).sort((a, b) => Number(b === direct) - Number(a === direct)))
    try {
      if ((await readRecord(folder)).id === id) return folder
    } catch (error) {
      if (folder === direct && isDamage(error)) damage = error
    }
  throw damage ?? new ThawError('run.missing', { run: id })
}

const isDamage = (error: unknown): error is ThawError =>
  error instanceof ThawError && error.code === 'run.damaged'

/** Folders below `runs` whose run has this name. */
async function runsNamed(runs: string, name: string): Promise<{ id: string; folder: string }[]> {
  const found: { id: string; folder: string }[] = []
  for (const folder of await runFolders(runs)) {
    const record = await readRecord(folder).catch(() => undefined)
    if (record?.name === name) found.push({ id: record.id, folder })
  }
  return found
}

/** The folder of a run as a person names it: by its path, its id or its name. @throws ThawError run.missing, run.ambiguous, run.damaged */
export async function runFolderOf(home: string, run: string): Promise<string> {
  const direct = path.resolve(run)
  if (await exists(path.join(direct, recordFile))) {
    await readRecord(direct)
    return direct
  }
  const { runs } = dataPaths({ home, cache: home })
  const byId = await findRun(runs, run).catch((error: unknown) => {
    if (isDamage(error)) throw error
    return undefined
  })
  if (byId !== undefined) return byId
  const [first, ...more] = await runsNamed(runs, run)
  if (!first) throw new ThawError('run.missing', { run })
  if (more.length === 0) return first.folder
  throw new ThawError('run.ambiguous', { run, ids: [first, ...more].map(({ id }) => id).join(', ') })
}

/** How many events a run has so far. */
export async function eventCount(folder: string): Promise<number> {
  let count = 0
  for await (const { number } of readEvents(folder)) count = number + 1
  return count
}
