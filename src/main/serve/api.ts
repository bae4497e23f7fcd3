/** The API for programs: a POST a call of the contract. See `openapi.ts` for its description. */
import { randomUUID } from 'node:crypto'
import type { ProgramCallName } from '../../shared/api/programs.ts'
import { programCallNames } from '../../shared/api/programs.ts'
import { contract } from '../../shared/contract.ts'
import { ThawError } from '../../shared/errors.ts'
import type { Client, Input } from '../../shared/rpc.ts'
import { createClient, requireShallow } from '../../shared/rpc.ts'
import { wirePair } from '../../shared/wire.ts'
import type { Host } from '../host/host.ts'
import { failure, jsonAnswer } from '../host/resources.ts'
import { openApi, pathOf } from './openapi.ts'
import { RateLimit } from './rateLimit.ts'
import { asSent } from './sentPhoto.ts'
import type { Patience } from './timely.ts'
import { timely, usualPatience } from './timely.ts'

type Contract = typeof contract

/** Bytes of a request that is no photo: a list of paths. */
const largestBody = 2 ** 20
/** How many calls of the API are answered at the same time. */
const mostAtOnce = 8

const nameAt = new Map(programCallNames.map((name) => [pathOf(name), name]))

/** What `curl -F` sends. */
const isForm = (request: Request): boolean => /^multipart\//i.test(request.headers.get('content-type') ?? '')

/** @throws ThawError rpc.invalid */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new ThawError('rpc.invalid', { reason: 'it is no JSON' })
  }
}

/** What stands in the body. @throws ThawError rpc.invalid, api.too-large, api.too-slow */
async function bodyOf(request: Request, patience: Patience): Promise<unknown> {
  if (isForm(request))
    throw new ThawError('rpc.invalid', {
      reason: 'it is a form; send a photo’s bytes alone as image/jpeg, or several photos’ paths as JSON',
    })
  const tooLarge = () => new ThawError('api.too-large', { limit: largestBody / 2 ** 20 })
  // What says that it is too large is not waited for; what says nothing is counted.
  if (Number(request.headers.get('content-length')) > largestBody) throw tooLarge()
  const parts: Uint8Array[] = []
  let bytes = 0
  const body = request.body ? timely(request.body, patience) : []
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > largestBody) throw tooLarge()
    parts.push(chunk)
  }
  const input = bytes === 0 ? {} : parsed(Buffer.concat(parts).toString('utf8'))
  requireShallow(input)
  return input
}

/** What arrived as a photo's bytes is answered and forgotten. */
async function classifyBytes(
  host: Host,
  client: Client<Contract>,
  { request, url, patience }: { request: Request; url: URL; patience: Patience },
): Promise<unknown> {
  const length = request.headers.get('content-length')
  const batch = `api-${randomUUID()}`
  const name = url.searchParams.get('name') ?? 'photo'
  try {
    const declared = length === null ? undefined : Number(length)
    const body = request.body && timely(request.body, patience)
    const { file } = await host.uploads.receive({ batch, name, body, declared })
    const run = url.searchParams.get('run')
    const top = url.searchParams.get('top')
    const asked = {
      photos: [file],
      ...(run !== null && { model: { run } }),
      ...(top !== null && { top: Number(top) }),
    }
    return asSent(await client.call('classify', asked, { signal: request.signal }), file, name)
  } finally {
    await host.uploads.forget(batch)
  }
}

/** What is said to be a photo; anything else has to be JSON. */
const isPhoto = (request: Request): boolean =>
  /^(image\/|application\/octet-stream)/i.test(request.headers.get('content-type') ?? '')

/** @returns what answers the addresses below `/api/`, and undefined for all others. Never throws. */
export function programApi(
  host: Host,
  patience: Patience = usualPatience,
): (request: Request) => Promise<Response | undefined> {
  const [near, far] = wirePair()
  host.attach(far)
  const client = createClient(contract, near)
  const limit = new RateLimit()
  let running = 0

  const call = (name: ProgramCallName, input: unknown, signal: AbortSignal): Promise<unknown> =>
    client.call(name, input as Input<Contract, ProgramCallName>, { signal })

  const answer = async (request: Request, url: URL): Promise<unknown> => {
    const name = nameAt.get(url.pathname)
    if (name === undefined) throw new ThawError('rpc.unknown-method', { method: url.pathname })
    if (request.method !== 'POST') throw new ThawError('rpc.invalid', { reason: 'it is asked by POST' })
    return name === 'classify' && isPhoto(request)
      ? classifyBytes(host, client, { request, url, patience })
      : call(name, await bodyOf(request, patience), request.signal)
  }

  return async (request) => {
    const url = new URL(request.url)
    if (!url.pathname.startsWith('/api/')) return undefined
    const wait = running >= mostAtOnce ? 1 : limit.take()
    if (wait > 0) {
      const busy = failure(new ThawError('api.too-many', { seconds: Math.ceil(wait) }))
      busy.headers.set('retry-after', String(Math.ceil(wait)))
      return busy
    }
    running += 1
    try {
      if (url.pathname === '/api/openapi.json') return jsonAnswer(openApi())
      return jsonAnswer(await answer(request, url))
    } catch (error) {
      if (!(error instanceof ThawError)) host.log.write('error', 'host', String(error))
      const failed = failure(error)
      // The rest of what did not come is not waited for.
      if (error instanceof ThawError && error.code === 'api.too-slow')
        failed.headers.set('connection', 'close')
      return failed
    } finally {
      running -= 1
    }
  }
}
