import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ThawError } from '../../shared/errors.ts'
import { securityHeaders } from '../host/csp.ts'
import { failure } from '../host/resources.ts'
import type { Gate } from './gate.ts'

export type AnswerRequest = (request: Request) => Promise<Response>

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' }).end(text)
}

/** A client that waits until it may send (`Expect: 100-continue`) is told so when somebody wants the body. */
type Permit = () => void

/**
 * The body of a request. If nobody wants its rest, that is read and dropped: a connection that is cut while a browser sends takes
 * the answer with it, which says why.
 */
function bodyOf(incoming: IncomingMessage, permit: Permit): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array> | undefined
  const body = () => (chunks ??= incoming.iterator({ destroyOnReturn: false }))
  const pull = async (stream: ReadableStreamDefaultController<Uint8Array>) => {
    permit()
    const { done, value } = await body().next()
    if (done) stream.close()
    else stream.enqueue(value)
  }
  const cancel = async () => {
    await chunks?.return?.()
    incoming.resume()
  }
  // Nothing is read before somebody asks for it.
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}

/** Node's request as the one of the web platform. Its signal says when the other side has gone. */
function asRequest(incoming: IncomingMessage, response: ServerResponse, permit: Permit): Request {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const { 'content-length': declared, 'content-type': type } = incoming.headers
  return new Request(new URL(incoming.url ?? '/', `http://${incoming.headers.host}`), {
    method,
    signal: gone.signal,
    headers: {
      ...(declared !== undefined && { 'content-length': declared }),
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(hasBody && { body: bodyOf(incoming, permit), duplex: 'half' as const }),
  })
}

async function send(answer: Response, response: ServerResponse, headersOnly: boolean): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (headersOnly || !answer.body) {
    await answer.body?.cancel()
    response.end()
    return
  }
  await pipeline(Readable.fromWeb(answer.body as never), response)
}

const plain = { ...securityHeaders, 'cache-control': 'no-store' }

/** A page that has the token gets the cookie; a token works once, and whoever has the cookie already needs none. */
function exchange(gate: Gate, incoming: IncomingMessage, token: string, response: ServerResponse): void {
  if (gate.takeToken(token))
    response.writeHead(303, { ...plain, 'set-cookie': gate.setCookie, location: '/' }).end()
  else if (gate.knows(incoming)) response.writeHead(303, { ...plain, location: '/' }).end()
  else
    refuse(
      response,
      401,
      'This address was used already, or is not of this server: each one opens the page once. “thaw serve --address” prints a fresh one.',
    )
}

export interface WebServerOptions {
  gate: () => Gate
  /** An address that was not used yet. */
  freshAddress: () => string
  answerRequest: AnswerRequest
}

/** The web server: refuses who has no business here, exchanges a token for the cookie, and hands the rest on. */
export function webServer({ gate, freshAddress, answerRequest }: WebServerOptions): Server {
  const handle = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    permit: Permit,
  ): Promise<void> => {
    if (gate().isForeign(incoming)) {
      refuse(response, 403, 'Thaw answers only to its own page.')
      return
    }
    const url = URL.parse(incoming.url ?? '/', 'http://thaw')
    const token = url?.searchParams.get('token')
    if (incoming.method === 'GET' && url?.pathname === '/' && token) {
      exchange(gate(), incoming, token, response)
      return
    }
    if (url?.pathname.startsWith('/api/') && !gate().knows(incoming)) {
      await send(failure(new ThawError('api.no-key')), response, false)
      return
    }
    if (!url || !gate().knows(incoming)) {
      refuse(
        response,
        401,
        'Open the address that Thaw printed when it started: it carries the key to this page. “thaw serve --address” prints a fresh one.',
      )
      return
    }
    if (incoming.method === 'POST' && url.pathname === '/address' && gate().hasKey(incoming)) {
      const body = JSON.stringify({ address: freshAddress() })
      response.writeHead(200, { ...plain, 'content-type': 'application/json' }).end(body)
      return
    }
    const request = asRequest(incoming, response, permit)
    await send(await answerRequest(request), response, incoming.method === 'HEAD')
  }
  const listener = (permitOf: (response: ServerResponse) => Permit) => {
    return (incoming: IncomingMessage, response: ServerResponse): void => {
      handle(incoming, response, permitOf(response)).catch(() => {
        // The browser has gone in the middle of an answer, or asked for what no address can be.
        if (response.headersSent) response.destroy()
        else refuse(response, 400, 'This cannot be answered.')
      })
    }
  }
  const server = createServer(listener(() => () => undefined))
  server.on(
    'checkContinue',
    listener((response) => {
      let isTold = false
      return () => {
        if (!isTold) response.writeContinue()
        isTold = true
      }
    }),
  )
  return server
}
