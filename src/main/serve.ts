import path from 'node:path'
import { contract } from '../shared/contract.ts'
import type { Client } from '../shared/rpc.ts'
import { createClient } from '../shared/rpc.ts'
import { wirePair } from '../shared/wire.ts'
import { checkoutRoot, engineOfCheckout } from './host/engineFiles.ts'
import type { Host, HostOptions } from './host/host.ts'
import { startHost } from './host/host.ts'
import { answerRequest } from './host/resources.ts'
import { programApi } from './serve/api.ts'
import { Gate } from './serve/gate.ts'
import { webServer } from './serve/http.ts'
import { listen } from './serve/listen.ts'
import { nameFromHere, namesOf, nameToPrint } from './serve/names.ts'
import type { Patience } from './serve/timely.ts'
import { openBrowser } from './serve/openBrowser.ts'
import { leaveNote } from './serve/running.ts'
import type { SocketLimits } from './serve/sockets.ts'
import { acceptSockets } from './serve/sockets.ts'

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
  sockets?: Partial<SocketLimits>
  /** How long the API waits for a request's body. */
  patience?: Patience
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

/**
 * Serves the app to a browser: on this machine alone unless `host` says otherwise, and only to who has a printed address or the key.
 * @throws ThawError `serve.port` if it cannot listen there
 */
export async function startServe(options: ServeOptions = {}): Promise<Serving> {
  const { port: wanted, host: name = '127.0.0.1', names = [], supervision } = options
  const engine = options.engine ?? engineOfCheckout(checkoutRoot())
  const renderer = options.renderer ?? path.join(checkoutRoot(), 'out', 'renderer')
  const started: { gate?: Gate; host?: Host; api?: ReturnType<typeof programApi> } = {}
  const freshAddress = () => `http://${nameToPrint(name)}:${port}/?token=${started.gate!.newToken()}`

  const server = webServer({
    gate: () => started.gate!,
    freshAddress: () => freshAddress(),
    answerRequest: async (request) =>
      (await started.api!(request)) ?? answerRequest(started.host!, renderer, request),
  })
  const port = await listen(server, name, wanted)
  const host = startHost({
    mode: 'serve',
    engine,
    ...(options.env && { env: options.env }),
    ...(supervision && { supervision }),
  })
  const gate = new Gate(namesOf(name, names), `${host.folders.home}:${port}`)
  Object.assign(started, { gate, host, api: programApi(host, options.patience) })
  const sockets = acceptSockets(server, gate, host, options.sockets)
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

/** The engine for one program that talks to it in this process, without a server. */
export function startOwnHost(): { client: Client<typeof contract>; close: () => Promise<void> } {
  const host = startHost({ mode: 'serve', engine: engineOfCheckout(checkoutRoot()) })
  const [near, far] = wirePair()
  host.attach(far)
  return { client: createClient(contract, near), close: () => host.close() }
}
