import type { Server } from 'node:http'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { Wire } from '../../shared/wire.ts'
import { socketWire } from '../../shared/wire.ts'
import type { Host } from '../host/host.ts'
import type { Gate } from './gate.ts'

/** Largest frame that a page may send: a draft or a list of paths, never a photo. */
export const largestFrame = 8 * 2 ** 20

/** How many sockets: a person's tabs, not a flood. */
export const mostSockets = 32

export interface SocketLimits {
  /** Bytes that wait for a reader. One that lets more wait has stopped reading: it is cut off, and finds its place again. */
  mostBuffered: number
  /** Milliseconds between two pings. Who has not answered one when the next is due is gone. */
  pingEvery: number
}

const usual: SocketLimits = { mostBuffered: 8 * 2 ** 20, pingEvery: 10_000 }

/** Cuts a socket off whose other side is gone, and lets that side notice when we are. */
function watch(connection: WebSocket, { pingEvery }: SocketLimits): void {
  let isThere = true
  connection.on('pong', () => (isThere = true))
  const timer = setInterval(() => {
    if (!isThere) {
      connection.terminate()
      return
    }
    isThere = false
    // A browser answers the one by itself and shows its page only the other.
    connection.ping()
    connection.send('{"type":"ping"}')
  }, pingEvery)
  connection.on('close', () => clearInterval(timer))
}

/** A wire that a slow reader cannot fill the memory with. */
function boundedWire(connection: WebSocket, { mostBuffered }: SocketLimits): Wire {
  const wire = socketWire(connection)
  return {
    ...wire,
    send: (frame) => {
      if (connection.bufferedAmount > mostBuffered) connection.terminate()
      else wire.send(frame)
    },
  }
}

/** Lets pages and programs open sockets at `/rpc`. */
export function acceptSockets(
  server: Server,
  gate: Gate,
  host: Pick<Host, 'attach'>,
  given: Partial<SocketLimits> = {},
): WebSocketServer {
  const limits = { ...usual, ...given }
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestFrame })
  server.on('upgrade', (request, socket, head) => {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
    socket.on('error', () => socket.destroy())
    // A browser always says where a socket's page comes from; a program shows its key.
    const isFromNowhere = request.headers.origin === undefined && !gate.hasKey(request)
    if (gate.isForeign(request) || isFromNowhere) refuse('403 Forbidden')
    else if (!gate.knows(request)) refuse('401 Unauthorized')
    else if (request.url !== '/rpc') refuse('404 Not Found')
    else if (sockets.clients.size >= mostSockets) refuse('503 Service Unavailable')
    else
      sockets.handleUpgrade(request, socket, head, (connection) => {
        connection.on('error', () => connection.terminate())
        watch(connection, limits)
        host.attach(boundedWire(connection, limits))
      })
  })
  return sockets
}
