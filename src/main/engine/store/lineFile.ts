import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { z } from 'zod'

/** Lines between two places that are remembered. */
const stride = 256

/**
 * A file of JSON lines that grows while it is read. Where every 256th line begins is remembered, so that a page in the middle of a
 * long one needs no reading from its beginning. A last line that is not whole yet, or was torn, counts as absent.
 */
export class LineFile<S extends z.ZodType> {
  readonly file: string
  private readonly schema: S
  /** Where lines 0, 256, 512, … begin, bytes. */
  private readonly places: number[] = [0]

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

  /** Whole lines from the last remembered place before `from` on. */
  private async *raw(from: number) {
    const block = Math.min(this.places.length - 1, Math.floor(from / stride))
    let number = block * stride
    let start = this.places[block]!
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
        if (number % stride === 0) this.places[number / stride] = start
      }
      rest = bytes.subarray(at)
    }
  }
}
