import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sha256Of } from '../checksum.ts'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
import { bringOnce } from './underWay.ts'
import { renameOver, systemCode, writeError, writeFully, makeFolder } from '../files.ts'

export interface Download {
  url: string
  /** Where the file goes. */
  file: string
  /** Its size, if known. */
  bytes?: number
  /** Its SHA-256 in hexadecimal digits, or the beginning of it. */
  sha256?: string
}

export interface DownloadOptions {
  signal?: AbortSignal
  /** `total` is missing if neither the caller nor the server knows it. */
  onProgress?: (progress: { received: number; total?: number }) => void
  /** Told before every connection, redirections included: nothing is fetched without a trace. */
  onConnection?: (url: string) => void
  /** Milliseconds without a byte after which the connection counts as dead. */
  timeout?: number
}

const mostRedirects = 5
const defaultTimeout = 60_000

/**
 * Fetches a file. What has arrived is kept in `<file>.part` when the connection breaks or the person cancels, and the next
 * call goes on from there if the server still has the same file. The file appears under its name only once it is whole.
 * Whoever asks for a file that is on its way already waits for it, and fetches it only if that fails.
 * @throws ThawError `cancelled`, `download.failed`, `weights.checksum`, `disk.full`, `output.unwritable`
 */
export async function download(wanted: Download, options: DownloadOptions = {}): Promise<void> {
  await bringOnce(path.resolve(`${wanted.file}.part`), () => fetchWhole(wanted, options), options.signal)
}

async function fetchWhole(wanted: Download, options: DownloadOptions): Promise<void> {
  const part = `${wanted.file}.part`
  const handle = await openPart(part)
  let isWhole = false
  try {
    await receive(wanted, handle, options)
    await handle.sync()
    isWhole = true
  } catch (error) {
    throw options.signal?.aborted ? new ThawError('cancelled') : writeError(error, wanted.file)
  } finally {
    const { size } = await handle.stat()
    await handle.close()
    // Where nothing has arrived, as from an address without a file, nothing could go on from it.
    if (size === 0 && !isWhole) await forget(part)
  }
  if (wanted.sha256 !== undefined && !(await sha256Of(part)).startsWith(wanted.sha256.toLowerCase())) {
    await forget(part)
    throw new ThawError('weights.checksum', { file: path.basename(wanted.file) })
  }
  await renameOver(part, wanted.file).catch((error: unknown) => {
    throw writeError(error, wanted.file)
  })
  await forget(part)
}

async function openPart(part: string): Promise<FileHandle> {
  try {
    await makeFolder(path.dirname(part))
    return await open(part, 'a')
  } catch (error) {
    throw writeError(error, part)
  }
}

/** What identifies the version of the file on the server, kept beside the part: a part of another version is of no use. */
const tagFile = (part: string): string => `${part}.tag`

async function forget(part: string): Promise<void> {
  await rm(part, { force: true })
  await rm(tagFile(part), { force: true })
}

/** Why a file could not be fetched: a code and what its words name, or another program's own words. */
type Why = { reason: string } & Record<string, string | number>
type Failed = (...why: [ReasonCode, Record<string, string | number>?]) => ThawError

/** Appends to the open part until the file is whole. */
async function receive(wanted: Download, handle: FileHandle, options: DownloadOptions): Promise<void> {
  const failed: Failed = (...why) => new ThawError('download.failed', { url: wanted.url, ...because(...why) })
  let received = (await handle.stat()).size
  const tag = await readFile(tagFile(`${wanted.file}.part`), 'utf8').catch(() => '')
  // Without a tag or a checksum nothing could tell whether both halves are of the same file.
  if (received > 0 && tag === '' && wanted.sha256 === undefined) received = await restart(wanted.file)
  if (wanted.bytes !== undefined && received > wanted.bytes) received = await restart(wanted.file)
  if (received > 0 && received === wanted.bytes) return

  const stalled = new AbortController()
  const timeout = options.timeout ?? defaultTimeout
  const timer = setTimeout(() => stalled.abort(), timeout)
  const signal = options.signal ? AbortSignal.any([options.signal, stalled.signal]) : stalled.signal
  try {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' }
    if (received > 0) headers.range = `bytes=${received}-`
    if (received > 0 && tag !== '') headers['if-range'] = tag
    let response = await request(wanted.url, headers, signal, options, failed)
    if (response.status === 416) {
      // The part is as long as the file or longer: only a fresh start tells.
      await response.body?.cancel()
      received = await restart(wanted.file)
      response = await request(wanted.url, { 'accept-encoding': 'identity' }, signal, options, failed)
    }
    if (response.status !== 200 && response.status !== 206)
      throw failed('server-answered', { status: response.status })
    if (response.status === 200 && received > 0) received = await restart(wanted.file)
    if (response.status === 206 && rangeStart(response) !== received) throw failed('sent-other-part')
    await rememberTag(wanted.file, response)

    const total = wanted.bytes ?? announcedTotal(response, received)
    const announced = announcedTotal(response, received)
    if (announced !== undefined && total !== undefined && announced !== total)
      throw failed('offers-other-size', { offered: announced, bytes: total })
    const progress = () => options.onProgress?.({ received, ...(total !== undefined && { total }) })
    progress()
    if (!response.body) throw failed('sent-nothing')
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      timer.refresh()
      received += chunk.length
      if (total !== undefined && received > total) throw failed('sent-too-much', { bytes: total })
      await writeFully(handle, chunk)
      progress()
    }
    if (total !== undefined && received < total)
      throw failed('sent-too-little', { arrived: received, bytes: total })
  } catch (error) {
    if (error instanceof ThawError || writeError(error, wanted.file) !== error) throw error
    if (stalled.signal.aborted) throw failed('sent-nothing-for', { seconds: timeout / 1000 })
    throw new ThawError('download.failed', { url: wanted.url, ...connectionProblem(error) })
  } finally {
    clearTimeout(timer)
  }
}

/** By its name: Windows shortens nothing through a handle that only appends. */
async function restart(file: string): Promise<number> {
  await truncate(`${file}.part`, 0)
  return 0
}

/** Follows redirections one by one, so that each address can be shown. */
async function request(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  options: DownloadOptions,
  failed: Failed,
): Promise<Response> {
  let address = url
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    options.onConnection?.(address)
    const response = await fetch(address, { headers, signal, redirect: 'manual' })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) return response
    await response.body?.cancel()
    const next = new URL(location, address)
    if (next.protocol !== 'https:' && next.protocol !== new URL(url).protocol)
      throw failed('redirected-unprotected', { address: next.href })
    address = next.href
  }
  throw failed('redirected-too-often')
}

/** Only a strong tag promises the same bytes (RFC 9110, 13.1.5). */
async function rememberTag(file: string, response: Response): Promise<void> {
  const tag = response.headers.get('etag') ?? ''
  await writeFile(tagFile(`${file}.part`), tag.startsWith('W/') ? '' : tag)
}

function rangeStart(response: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
  return start === undefined ? undefined : Number(start)
}

/** Size of the whole file as the server tells it. */
function announcedTotal(response: Response, received: number): number | undefined {
  const length = response.headers.get('content-length')
  // The length of a packed answer is not the length of what comes out of it.
  return length === null || response.headers.has('content-encoding') ? undefined : received + Number(length)
}

/** What a proxy answers that lets nothing through: it stands in a message alone, below "Request was cancelled.", which nobody did. */
function proxyStatus(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const status = /^Proxy response \((\d+)\)/.exec(at.message)?.[1]
    if (status !== undefined) return status
  }
  return undefined
}

const connectionReasons: Record<string, ReasonCode> = {
  ENOTFOUND: 'server-unknown',
  EAI_AGAIN: 'server-unknown',
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'server-unreachable',
  EHOSTUNREACH: 'server-unreachable',
  ENETUNREACH: 'server-unreachable',
  ECONNRESET: 'connection-broke',
  EPIPE: 'connection-broke',
}
/** OpenSSL's and Node's codes of certificates that nobody here vouches for. */
const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/

/** fetch hides the system's reason one level down; its own codes ("UND_ERR_SOCKET") tell nobody anything. */
function connectionProblem(error: unknown): Why {
  const status = proxyStatus(error)
  if (status === '407') return because('proxy-password')
  if (status !== undefined) return because('proxy-answered', { status })
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = systemCode(cause)
  if (code === undefined || code.startsWith('UND_'))
    return code === undefined && cause instanceof Error
      ? { reason: cause.message }
      : because('connection-broke')
  if (certificateCode.test(code)) return because('certificate', { problem: code })
  return { reason: connectionReasons[code] ?? code }
}
