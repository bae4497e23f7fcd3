import path from 'node:path'
import type { Server } from 'node:http'
import { WebSocketServer } from 'ws'
import { socketWire } from '../shared/wire.ts'
import { checkoutRoot, engineOfCheckout } from './host/engineFiles.ts'
import type { Host, HostOptions } from './host/host.ts'
import { startHost } from './host/host.ts'
import { answerRequest } from './host/resources.ts'
import { Gate } from './serve/gate.ts'
import { webServer } from './serve/http.ts'
import { listen } from './serve/listen.ts'
import { nameFromHere, namesOf, nameToPrint } from './serve/names.ts'
import { openBrowser } from './serve/openBrowser.ts'
import { leaveNote } from './serve/running.ts'

export interface ServeOptions {
  /** 0: any free one; undefined: the first free one from 8479 on. */
  port?: number | undefined
  host?: string | undefined
  /** Further names under which a browser may ask for the page, for instance that of a proxy. */
  names?: readonly string[] | undefined
  /** Shows the page in the person's browser. */
  open?: boolean | undefined
  engine?: HostOptions['engine']
  env?: NodeJS.ProcessEnv
  supervision?: HostOptions['supervision']
  /** Folder of the built renderer. */
  renderer?: string
}

export interface Serving {
  /** With a token in it: it opens the page once. */
  address: string
  /** One more such address. */
  freshAddress: () => string
  /** The key of programs, `Authorization: Bearer KEY`. */
  apiToken: string
  port: number
  host: Host
  close: () => Promise<void>
}

/** Largest frame that a page may send: a draft or a list of paths, never a photo. */
export const largestFrame = 8 * 2 ** 20

/** How many sockets: a person's tabs, not a flood. */
export const mostSockets = 32

/** Lets pages and programs open sockets at `/rpc`. */
function acceptSockets(server: Server, gate: Gate, host: Host): WebSocketServer {
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
        host.attach(socketWire(connection))
      })
  })
  return sockets
}

/**
 * Serves the app to a browser: on this machine alone unless `host` says otherwise, and only to who has a printed address or the key.
 * @throws ThawError `serve.port` if it cannot listen there
 */
export async function startServe(options: ServeOptions = {}): Promise<Serving> {
  const { port: wanted, host: name = '127.0.0.1', names = [], supervision } = options
  const engine = options.engine ?? engineOfCheckout(checkoutRoot())
  const renderer = options.renderer ?? path.join(checkoutRoot(), 'out', 'renderer')
  const started: { gate?: Gate; host?: Host } = {}
  const freshAddress = () => `http://${nameToPrint(name)}:${port}/?token=${started.gate!.newToken()}`

  const server = webServer({
    gate: () => started.gate!,
    freshAddress: () => freshAddress(),
    answerRequest: (request) => answerRequest(started.host!, renderer, request),
  })
  const port = await listen(server, name, wanted)
  const host = startHost({
    mode: 'serve',
    engine,
    ...(options.env && { env: options.env }),
    ...(supervision && { supervision }),
  })
  const gate = new Gate(namesOf(name, names), `${host.folders.home}:${port}`)
  Object.assign(started, { gate, host })
  const sockets = acceptSockets(server, gate, host)
  const { apiToken } = gate
  const takeNoteAway = await leaveNote(host.folders.home, {
    address: `http://${nameFromHere(name)}:${port}`,
    apiToken,
  })

  const address = freshAddress()
  if (options.open) openBrowser(address)
  return {
    address,
    freshAddress,
    apiToken,
    port,
    host,
    close: async () => {
      await takeNoteAway()
      for (const connection of sockets.clients) connection.terminate()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await Promise.all([closed, host.close()])
    },
  }
}
