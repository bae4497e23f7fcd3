import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ThawError } from '../../shared/errors.ts'

/** The port that is tried first where none is asked for. */
export const defaultPort = 8479
const largestPort = 65_535
/** How many ports after it are tried where it is in use. */
const tries = 20

const listenOnce = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException | undefined)?.code

/**
 * Listens on the port that is asked for (0: any free one), or without one on the first free one from 8479 on.
 * @returns the port
 * @throws ThawError `serve.port`
 */
export async function listen(server: Server, host: string, port: number | undefined): Promise<number> {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= largestPort))
    throw new ThawError('serve.port', { port, host, reason: `ports are numbers from 0 to ${largestPort}` })
  const candidates = port === undefined ? Array.from({ length: tries }, (_, i) => defaultPort + i) : [port]
  let last: unknown
  for (const candidate of candidates)
    try {
      await listenOnce(server, candidate, host)
      return (server.address() as AddressInfo).port
    } catch (error) {
      last = error
      if (codeOf(error) !== 'EADDRINUSE') break
    }
  const reason =
    codeOf(last) === 'EADDRINUSE'
      ? 'another program uses it'
      : last instanceof Error
        ? last.message
        : String(last)
  throw new ThawError('serve.port', { port: port ?? defaultPort, host, reason }, { cause: last })
}
