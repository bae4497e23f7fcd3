/**
 * What a page of ours fetches besides the socket: its own files, pictures, downloads, uploads. The same answers serve a browser
 * over HTTP (serve.ts) and the window over the scheme `app:` (protocols.ts).
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { PlainError } from '../../shared/errors.ts'
import { plainError, ThawError } from '../../shared/errors.ts'
import { securityHeaders } from './csp.ts'
import type { Host } from './host.ts'

/** File types of the built renderer. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** A picture's id changes with what it shows. */
const forGood = { 'cache-control': 'private, max-age=31536000, immutable' }
const neverKept = { 'cache-control': 'no-store' }

const defaultThumbnail = 192
const thumbnailSizes = [96, 192, 384, 1024]

type Headers = Readonly<Record<string, string>>
const answer = (status: number, headers: Headers, body: string | ReadableStream | null = null): Response =>
  new Response(body, { status, headers: { ...securityHeaders, ...headers } })

const statuses: Partial<Record<PlainError['code'], number>> = {
  'not-found': 404,
  'rpc.unknown-method': 404,
  'photo.missing': 404,
  'filing.missing': 404,
  'filing.busy': 409,
  'rpc.invalid': 400,
  'api.no-key': 401,
  refused: 403,
  'upload.too-large': 413,
  'api.too-large': 413,
  'api.too-many': 429,
  'api.too-slow': 408,
  'engine.gone': 503,
  'disk.full': 507,
  'upload.quota': 507,
  'upload.no-space': 507,
}

export const failure = (error: unknown): Response => {
  const plain = plainError(error)
  const status = statuses[plain.code] ?? (plain.code === 'internal' ? 500 : 422)
  return answer(status, { ...neverKept, 'content-type': 'application/json' }, JSON.stringify(plain))
}

export const jsonAnswer = (value: unknown): Response =>
  answer(200, { ...neverKept, 'content-type': 'application/json' }, JSON.stringify(value))

async function fileAnswer(file: string, headers: Headers): Promise<Response> {
  const { size } = await stat(file)
  // Node's own web streams and those of the DOM's types differ in name only.
  const body = Readable.toWeb(createReadStream(file)) as unknown as ReadableStream
  return answer(200, { ...headers, 'content-length': String(size) }, body)
}

/** A file of the renderer. Whatever is no file of it is a page of the app's own router. */
async function page(renderer: string, pathname: string): Promise<Response> {
  const root = path.resolve(renderer)
  const wanted = path.resolve(root, `.${pathname}`)
  const inside = wanted.startsWith(root + path.sep) && (await stat(wanted).catch(() => undefined))?.isFile()
  const extension = path.extname(pathname)
  if (!inside && extension !== '') throw new ThawError('not-found', { what: 'this-page' })
  const file = inside ? wanted : path.join(root, 'index.html')
  // Built files carry a hash in their names; index.html names them.
  const keeping = inside && pathname.startsWith('/assets/') ? forGood : { 'cache-control': 'no-cache' }
  return fileAnswer(file, {
    ...keeping,
    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
  })
}

async function picture(
  host: Host,
  id: string,
  asked: URLSearchParams,
  signal: AbortSignal,
): Promise<Response> {
  const wanted = Number(asked.get('size') ?? defaultThumbnail)
  if (!thumbnailSizes.includes(wanted))
    throw new ThawError('rpc.invalid', { reason: `size is one of ${thumbnailSizes.join(', ')}` })
  const library = await host.library()
  const coarse = asked.has('coarse')
  const found = await library.call('pictures.file', { picture: id, size: wanted, coarse }, { signal })
  if ('file' in found) return fileAnswer(found.file, { ...forGood, 'content-type': found.type })
  const body = new Blob([Buffer.from(found.bytes, 'base64')]).stream()
  return answer(200, { ...(found.lasts ? forGood : neverKept), 'content-type': found.type }, body)
}

async function download(host: Host, id: string): Promise<Response> {
  const library = await host.library()
  const { file, type, name } = await library.call('downloads.file', { download: id })
  // RFC 6266: the plain name for old readers, the encoded one for all others.
  const plain = name.replaceAll(/[^\w .-]/g, '_')
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`
  return fileAnswer(file, { ...neverKept, 'content-type': type, 'content-disposition': disposition })
}

async function upload(host: Host, request: Request, url: URL): Promise<Response> {
  const batch = url.searchParams.get('batch') ?? ''
  const name = url.searchParams.get('name') ?? ''
  const length = request.headers.get('content-length')
  const declared = length === null ? undefined : Number(length)
  const received = await host.uploads.receive({ batch, name, body: request.body, declared })
  return jsonAnswer(received)
}

async function route(host: Host, renderer: string, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const pathname = decodePath(url.pathname)
  const [, place = '', id = '', ...more] = pathname.split('/')
  if (request.method === 'POST' && pathname === '/upload') return upload(host, request, url)
  if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { allow: 'GET, HEAD' })
  if (place === 'thumb' && more.length === 0) return picture(host, id, url.searchParams, request.signal)
  if (place === 'download' && more.length === 0) return download(host, id)
  return page(renderer, pathname)
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    throw new ThawError('rpc.invalid', { reason: 'this is no address' })
  }
}

/** Answers a request that has been found to come from a page of ours. Never throws. */
export async function answerRequest(host: Host, renderer: string, request: Request): Promise<Response> {
  try {
    return await route(host, renderer, request)
  } catch (error) {
    if (!(error instanceof ThawError)) host.log.write('error', 'host', String(error))
    return failure(error)
  }
}
