import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'

/** How long a server may take to answer: where there is no network, the next source should come at once. */
const answerWithin = 4000
/** How long a download may stand still. */
const stalledAfter = 30_000

/**
 * Downloads a file.
 * @returns the SHA-256 of what arrived
 * @throws if the server does not answer within seconds, the download stalls or ends early
 */
export async function download(url: string, path: string): Promise<string> {
  const abort = new AbortController()
  let timer = setTimeout(() => abort.abort(new Error('no answer')), answerWithin)
  const moved = () => {
    clearTimeout(timer)
    timer = setTimeout(() => abort.abort(new Error('the download stalled')), stalledAfter)
  }
  try {
    const response = await fetch(url, { signal: abort.signal }).catch((error: unknown) => {
      throw abort.signal.aborted
        ? (abort.signal.reason as Error)
        : new Error('not reachable', { cause: error })
    })
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`)
    const hash = createHash('sha256')
    let bytes = 0
    const measure = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        moved()
        hash.update(chunk)
        bytes += chunk.length
        done(null, chunk)
      },
    })
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
      measure,
      createWriteStream(path),
    )
    const announced = Number(response.headers.get('content-length') ?? bytes)
    if (bytes !== announced) throw new Error('the download ended early')
    return hash.digest('hex')
  } finally {
    clearTimeout(timer)
  }
}
