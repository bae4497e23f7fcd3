import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { open, validateFileName } from 'yauzl'
import { ThawError } from '../../shared/errors.ts'
import { because } from '../../shared/reasons.ts'
import { isUndeclared, readerOf } from './archiveNames.ts'
import { safeName } from './filing/names.ts'
import { systemCode, writeError } from './files.ts'

/** Bytes that an archive may become in any case, and how many times its own size: photos hardly shrink, uncompressed ones some. */
const largestResult = 2 ** 30
const largestGrowth = 20

const opened = (file: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    open(file, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error) reject(error)
      else resolve(zip)
    })
  })

const contentOf = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error)
      else resolve(stream)
    })
  })

/** The archive's entries in order. */
async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const { promise, resolve, reject } = Promise.withResolvers<Entry | undefined>()
    const end = () => resolve(undefined)
    zip.once('entry', resolve).once('end', end).once('error', reject)
    zip.readEntry()
    const entry = await promise.finally(() => {
      zip.off('entry', resolve).off('end', end).off('error', reject)
    })
    if (!entry) return
    yield entry
  }
}

/** What the archive's entries are called, also where it does not say how their names are written. */
async function namesIn(file: string): Promise<(entry: Entry) => string> {
  const undeclared: Buffer[] = []
  const zip = await opened(file)
  try {
    for await (const entry of entriesOf(zip)) if (isUndeclared(entry)) undeclared.push(entry.fileNameRaw)
  } finally {
    zip.close()
  }
  const read = readerOf(undeclared)
  return (entry) =>
    read && isUndeclared(entry) ? read(entry.fileNameRaw).replaceAll('\\', '/') : entry.fileName
}

/**
 * Where an entry goes. On Windows under a name that it takes: an archive from elsewhere may hold `10:30.jpg`, which would be a stream of a file
 * `10`, or `con.jpg`, which is a device.
 */
export const placeOf = (folder: string, name: string, platform = process.platform): string =>
  path.join(folder, ...name.split('/').map((part) => (platform === 'win32' ? safeName(part) : part)))

/**
 * Unpacks a zip archive into a folder. Only plain files are written, never links; of two of one name the last one counts.
 * @param least for tests: bytes that it may become in any case
 * @throws ThawError `archive.damaged`, `cancelled`, `disk.full`, `output.unwritable`
 */
export async function unzip(
  file: string,
  folder: string,
  signal: AbortSignal,
  least = largestResult,
): Promise<void> {
  const name = path.basename(file)
  const damaged = (why: ReturnType<typeof because>, cause?: unknown) =>
    new ThawError('archive.damaged', { file: name, ...why }, { cause })
  const most = Math.max(least, largestGrowth * ((await stat(file).catch(() => undefined))?.size ?? 0))
  const zip = await opened(file).catch((error: unknown) => {
    throw damaged(because('is-no-zip'), error)
  })
  let written = 0
  const checking = (entry: Entry, called: string) => {
    let sum = 0
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        written += chunk.length
        sum = crc32(chunk, sum)
        done(written > most ? damaged(because('more-than-announced')) : null, chunk)
      },
      flush: (done) =>
        done(sum === entry.crc32 ? null : damaged(because('entry-changed', { entry: called }))),
    })
  }
  try {
    const nameOf = await namesIn(file)
    for await (const entry of entriesOf(zip)) {
      const called = nameOf(entry)
      if (called.endsWith('/')) continue
      if (entry.isEncrypted()) throw damaged(because('encrypted'))
      // yauzl has looked at the name as it read it.
      if (validateFileName(called) !== null) throw damaged(because('name-outside', { entry: called }))
      if (called.includes('\0')) throw damaged(because('name-zero'))
      const target = placeOf(folder, called)
      await mkdir(path.dirname(target), { recursive: true })
      await pipeline(await contentOf(zip, entry), checking(entry, called), createWriteStream(target), {
        signal,
      })
    }
  } catch (error) {
    if (signal.aborted) throw new ThawError('cancelled')
    // What the system did not say is what the archive's reader says of its content.
    if (error instanceof Error && !(error instanceof ThawError) && systemCode(error) === undefined)
      throw damaged(because('zip-wrong', { detail: error.message }), error)
    throw writeError(error, folder)
  } finally {
    zip.close()
  }
}
