import { open } from 'node:fs/promises'
import path from 'node:path'
import type { RunEvent } from '../../../shared/run.ts'
import type { EventLine } from './runFolder.ts'
import { eventLines, eventsFile, parseEvent } from './runFolder.ts'

/** Where a page ended: the line, and the number of the one that follows. */
interface PageEnd extends EventLine {
  folder: string
}

/** How many ends are remembered: a few windows may read at once. */
const mostEnds = 16

/** A batch's line, and its place in the run: epoch, number, batches an epoch. */
const ofBatch = /^\{"type":"batch","epoch":(\d+),"batch":(\d+),"batches":(\d+),/

/**
 * The lines without batches whose number since the start of the run is no multiple of `every`. Those that something else or nothing
 * follows stay: what comes after a batch may be about it.
 */
async function* thinned(lines: AsyncIterable<EventLine>, every: number): AsyncGenerator<EventLine> {
  let passed: EventLine | undefined
  for await (const line of lines) {
    const [, epoch, batch, batches] = ofBatch.exec(line.line)?.map(Number) ?? []
    if (batch === undefined && passed) yield passed
    passed = undefined
    if (batch !== undefined && ((epoch! - 1) * batches! + batch) % every !== 0) passed = line
    else yield line
  }
  if (passed) yield passed
}

/**
 * A run's events page by page. A page that follows another is read from where that one ended: with each read from the file's beginning,
 * a long run took as much time as it has pages.
 */
export class EventPages {
  private ends: PageEnd[] = []

  /** At most `limit` events from number `from` on, of batches only every n-th; `next` follows the last of them. */
  async read(
    folder: string,
    from: number,
    limit: number,
    every = 1,
  ): Promise<{ events: RunEvent[]; next: number; done: boolean }> {
    const events: RunEvent[] = []
    let end = await this.endBefore(folder, from)
    let done = true
    for await (const { number, line, bytes } of thinned(eventLines(folder, from, end), every)) {
      const event = parseEvent(line)
      if (!event) continue
      if (events.length === limit) {
        done = false
        break
      }
      events.push(event)
      end = { folder, number: number + 1, bytes, line }
    }
    if (end) this.remember(end)
    return { events, next: events.length > 0 ? end!.number : from, done }
  }

  private remember(end: PageEnd): void {
    const others = this.ends.filter((it) => it.folder !== end.folder || it.number !== end.number)
    this.ends = [...others, end].slice(-mostEnds)
  }

  /** The remembered end before event `from`, if the file still has its line there: a resumed run has cut its file off and gone on. */
  private async endBefore(folder: string, from: number): Promise<PageEnd | undefined> {
    const end = this.ends.find((it) => it.folder === folder && it.number === from)
    if (!end) return undefined
    const line = Buffer.from(`${end.line}\n`)
    const handle = await open(path.join(folder, eventsFile), 'r').catch(() => undefined)
    if (!handle) return undefined
    try {
      const there = Buffer.alloc(line.length)
      await handle.read(there, 0, line.length, Math.max(0, end.bytes - line.length))
      return there.equals(line) ? end : undefined
    } finally {
      await handle.close()
    }
  }
}
