import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Bytes a piece, and milliseconds between two. */
const piece = 256 * 1024
const pause = 40

/** A file on a slow server, and the environment in which Thaw takes it for the published weights of VGG16. */
export async function slowWeights(bytes: number) {
  const content = randomBytes(bytes)
  const server = createServer((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"one"',
      'content-length': bytes - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` }),
    })
    const send = async () => {
      for (let at = from; at < bytes && !response.destroyed; at += piece) {
        response.write(content.subarray(at, at + piece))
        await sleep(pause)
      }
      response.end()
    }
    void send()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const known = {
    url: `http://127.0.0.1:${port}/slow.pth`,
    bytes,
    sha256: createHash('sha256').update(content).digest('hex'),
  }
  const hook = new URL('./localWeights.mjs', import.meta.url).href
  return {
    env: { NODE_OPTIONS: `--import=${hook}`, LOCAL_WEIGHTS: JSON.stringify(known) },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
