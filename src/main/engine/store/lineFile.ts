import { createReadStream } from 'node:fs'
import { appendFile, open, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'
import { systemCode } from '../files.ts'

/** Lines between two offsets that are remembered. */
const stride = 256

/**
 * A file of JSON lines that grows while it is read. Where every 256th line begins is remembered, so that a page in the middle of a
 * long one needs no reading from its beginning. A last line that is not whole yet, or was torn, counts as absent.
 */
export class LineFile<S extends z.ZodType> {
  readonly file: string
  private readonly schema: S
  /** Where lines 0, 256, 512, … begin, bytes. */
  private readonly offsets: number[] = [0]

  constructor(file: string, schema: S) {
    this.file = file
    this.schema = schema
  }

  /** Bytes of the file; 0 if it is not there. */
  async size(): Promise<number> {
    return (await stat(this.file).catch(() => undefined))?.size ?? 0
  }

  /** Lines from number `from` on, up to the first that cannot be read. */
  async *lines(from = 0): AsyncGenerator<z.output<S>> {
    for await (const { line, number } of this.raw(from)) {
      const value = this.parsed(line)
      if (value === undefined) return
      if (number >= from) yield value
    }
  }

  /** Where line `number` begins, or the file's whole lines end, bytes. */
  async offsetOf(number: number): Promise<number> {
    let end = 0
    for await (const line of this.raw(number)) {
      if (line.number >= number) return line.start
      end = line.end
    }
    return end
  }

  private parsed(line: string): z.output<S> | undefined {
    try {
      return this.schema.safeParse(JSON.parse(line)).data
    } catch {
      return undefined
    }
  }

  /** Whole lines from the last remembered offset before `from` on. */
  private async *raw(from: number) {
    const block = Math.min(this.offsets.length - 1, Math.floor(from / stride))
    let number = block * stride
    let start = this.offsets[block]!
    const handle = await open(this.file, 'r').catch(() => undefined)
    if (!handle) return
    let rest: Buffer = Buffer.alloc(0)
    const stream = createReadStream('', { fd: handle, start, highWaterMark: 2 ** 18 })
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      let at = 0
      for (let stop = bytes.indexOf(10, at); stop !== -1; stop = bytes.indexOf(10, at)) {
        const end = start + stop + 1 - at
        yield { line: bytes.toString('utf8', at, stop), number, start, end }
        number += 1
        start = end
        at = stop + 1
        if (number % stride === 0) this.offsets[number / stride] = start
      }
      rest = bytes.subarray(at)
    }
  }
}

/** How much is read at once on the way back to the end of the last whole line, bytes. */
const backwards = 2 ** 16

/** How long a file is, and where its whole lines end, bytes; both 0 if it is not there. */
async function endOfLines(file: string): Promise<{ size: number; end: number }> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (!handle) return { size: 0, end: 0 }
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(backwards)
    // The last byte alone tells, unless something was torn.
    for (let [end, step] = [size, 1]; end > 0; step = backwards) {
      const from = Math.max(0, end - step)
      const { bytesRead } = await handle.read(bytes, 0, end - from, from)
      const found = bytes.subarray(0, bytesRead).lastIndexOf(10)
      if (found >= 0) return { size, end: from + found + 1 }
      end = from
    }
    return { size, end: 0 }
  } finally {
    await handle.close()
  }
}

/** What is being appended in this process, by file: one after the other, since each looks at where the one before it has ended. */
const appending = new Map<string, Promise<void>>()

async function appendNow(file: string, lines: string, flush: boolean): Promise<void> {
  const { size, end } = await endOfLines(file)
  // By its path: a file that is open for appending cannot be shortened on Windows.
  if (size > end) await truncate(file, end)
  try {
    await appendFile(file, lines, { flush })
  } catch (error) {
    await truncate(file, end).catch(() => undefined)
    throw error
  }
}

/**
 * Appends whole lines to a file that one process writes. Whatever a write that was cut off has left of a line – a disk that was full, a
 * process that was killed – is taken away first: the next line would be appended to it, and with it all would be lost that comes after.
 * @param flush whether they are on the disk before it resolves
 */
export async function appendLines(file: string, lines: string, { flush = false } = {}): Promise<void> {
  const place = path.resolve(file)
  const own = (appending.get(place) ?? Promise.resolve()).then(() => appendNow(place, lines, flush))
  const over = own.catch(() => undefined)
  appending.set(place, over)
  await own.finally(() => {
    if (appending.get(place) === over) appending.delete(place)
  })
}
