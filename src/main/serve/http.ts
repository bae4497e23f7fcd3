import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { securityHeaders } from '../host/csp.ts'
import type { Gate } from './gate.ts'

export type AnswerRequest = (request: Request) => Promise<Response>

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' }).end(text)
}

/**
 * The body of a request. If nobody wants its rest, that is read and dropped: a connection that is cut while a browser sends takes
 * the answer with it, which says why.
 */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = incoming.iterator({ destroyOnReturn: false })
  return new ReadableStream({
    pull: async (stream) => {
      const { done, value } = await chunks.next()
      if (done) stream.close()
      else stream.enqueue(value)
    },
    cancel: async () => {
      await chunks.return?.()
      incoming.resume()
    },
  })
}

/** Node's request as the one of the web platform. Its signal says when the other side has gone. */
function asRequest(incoming: IncomingMessage, response: ServerResponse): Request {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(new URL(incoming.url ?? '/', `http://${incoming.headers.host}`), {
    method,
    signal: gone.signal,
    ...(hasBody && { body: bodyOf(incoming), duplex: 'half' as const }),
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

/** The web server: refuses who has no business here, exchanges the token for the cookie, and hands the rest on. */
export function webServer(gate: () => Gate, answerRequest: AnswerRequest): Server {
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (gate().isForeign(incoming)) {
      refuse(response, 403, 'Thaw answers only to its own page.')
      return
    }
    const url = URL.parse(incoming.url ?? '/', 'http://thaw')
    const token = url?.searchParams.get('token')
    if (url?.pathname === '/' && token && gate().isToken(token)) {
      response.writeHead(303, { ...securityHeaders, 'set-cookie': gate().setCookie, location: '/' }).end()
      return
    }
    if (!url || !gate().knows(incoming)) {
      refuse(
        response,
        401,
        'Open the address that Thaw printed when it started: it carries the key to this page.',
      )
      return
    }
    await send(await answerRequest(asRequest(incoming, response)), response, incoming.method === 'HEAD')
  }
  return createServer((incoming, response) => {
    handle(incoming, response).catch(() => {
      // The browser has gone in the middle of an answer, or asked for what no address can be.
      if (response.headersSent) response.destroy()
      else refuse(response, 400, 'This cannot be answered.')
    })
  })
}
