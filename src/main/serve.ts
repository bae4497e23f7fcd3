import path from 'node:path'
import { WebSocketServer } from 'ws'
import { socketWire } from '../shared/wire.ts'
import { checkoutRoot, engineOfCheckout } from './host/engineFiles.ts'
import type { Host, HostOptions } from './host/host.ts'
import { startHost } from './host/host.ts'
import { answerRequest } from './host/resources.ts'
import { webServer } from './serve/http.ts'
import { listen } from './serve/listen.ts'
import { openBrowser } from './serve/openBrowser.ts'
import { Gate } from './serve/gate.ts'

export interface ServeOptions {
  /** 0: any free one; undefined: the first free one from 8479 on. */
  port?: number | undefined
  host?: string | undefined
  /** Shows the page in the person's browser. */
  open?: boolean | undefined
  engine?: HostOptions['engine']
  env?: NodeJS.ProcessEnv
  supervision?: HostOptions['supervision']
  /** Folder of the built renderer. */
  renderer?: string
}

export interface Serving {
  /** With the token in it. */
  address: string
  port: number
  host: Host
  close: () => Promise<void>
}

/** Largest frame that a page may send: a draft or a list of paths, never a photo. */
const largestFrame = 8 * 2 ** 20

const loopback = ['127.0.0.1', 'localhost', '[::1]']

/** How many sockets: a person's tabs, not a flood. */
const mostSockets = 32

/**
 * Serves the app to a browser: on this machine alone, and only to who has the printed address.
 * @throws ThawError `serve.port` if it cannot listen there
 */
export async function startServe(options: ServeOptions = {}): Promise<Serving> {
  const { port: wanted, host: name = '127.0.0.1', supervision } = options
  const engine = options.engine ?? engineOfCheckout(checkoutRoot())
  const renderer = options.renderer ?? path.join(checkoutRoot(), 'out', 'renderer')
  const started: { gate?: Gate; host?: Host } = {}

  const server = webServer(
    () => started.gate!,
    (request) => answerRequest(started.host!, renderer, request),
  )
  const port = await listen(server, name, wanted)
  const gate = new Gate([...loopback, name], port)
  const host = startHost({
    mode: 'serve',
    engine,
    ...(options.env && { env: options.env }),
    ...(supervision && { supervision }),
  })
  Object.assign(started, { gate, host })

  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestFrame })
  server.on('upgrade', (request, socket, head) => {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
    socket.on('error', () => socket.destroy())
    // A browser always says where a socket's page comes from.
    if (gate.isForeign(request) || request.headers.origin === undefined) refuse('403 Forbidden')
    else if (!gate.knows(request)) refuse('401 Unauthorized')
    else if (request.url !== '/rpc') refuse('404 Not Found')
    else if (sockets.clients.size >= mostSockets) refuse('503 Service Unavailable')
    else
      sockets.handleUpgrade(request, socket, head, (connection) => {
        connection.on('error', () => connection.terminate())
        host.attach(socketWire(connection))
      })
  })

  const address = `http://${name.includes(':') ? `[${name}]` : name}:${port}/?token=${gate.token}`
  if (options.open) openBrowser(address)
  return {
    address,
    port,
    host,
    close: async () => {
      for (const connection of sockets.clients) connection.terminate()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await Promise.all([closed, host.close()])
    },
  }
}
