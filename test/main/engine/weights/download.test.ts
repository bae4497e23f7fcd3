import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DownloadOptions } from '../../../../src/main/engine/weights/download.ts'
import { download } from '../../../../src/main/engine/weights/download.ts'
import { plainError } from '../../../../src/shared/errors.ts'
import { tellError } from '../../../../src/shared/tellError.ts'
import { failure, temporaryFolder } from './support.ts'

const folder = temporaryFolder()
const content = Buffer.alloc(300_000, 'weights ')
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

interface Behaviour {
  body: Buffer
  etag?: string | undefined
  ranges: boolean
  /** Send so many bytes and then wait for `breakNow`. */
  breakAfter?: number
  /** Send so many bytes and then nothing more. */
  stallAfter?: number
  /** Say nothing of how much comes. */
  silent?: boolean
  /** Say of a part that it begins so many bytes later than was asked for. */
  shifted?: number
}
let behaviour: Behaviour
let breakNow = (): void => {}
let requests: IncomingMessage[]
let server: Server
let url: string
/** An address where nobody listens. */
let nobodyThere: string
let file: string
let tests = 0

function answer(request: IncomingMessage, response: ServerResponse): void {
  requests.push(request)
  if (request.url === '/moved') return void response.writeHead(302, { location: '/weights' }).end()
  if (request.url === '/away')
    return void response.writeHead(302, { location: 'ftp://127.0.0.1/weights' }).end()
  if (request.url === '/loop') return void response.writeHead(302, { location: '/loop' }).end()
  if (request.url !== '/weights') return void response.writeHead(404).end('not here')
  const { body, etag, ranges, breakAfter, stallAfter, shifted = 0 } = behaviour
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
  const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
  const start = ranges && asked !== undefined && same ? Number(asked) : 0
  if (start >= body.length) return void response.writeHead(416).end()
  response.writeHead(start > 0 ? 206 : 200, {
    ...(!behaviour.silent && { 'content-length': body.length - start }),
    ...(etag !== undefined && { etag }),
    ...(start > 0 && { 'content-range': `bytes ${start + shifted}-${body.length - 1}/${body.length}` }),
  })
  if (stallAfter !== undefined) return void response.write(body.subarray(start, start + stallAfter))
  if (breakAfter === undefined) return void response.end(body.subarray(start))
  breakNow = () => response.destroy()
  response.write(body.subarray(start, start + breakAfter))
}

beforeAll(async () => {
  server = createServer(answer)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights`
  const gone = createServer()
  await new Promise<void>((ready) => gone.listen(0, '127.0.0.1', ready))
  nobodyThere = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/x`
  await new Promise((closed) => gone.close(closed))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  requests = []
  behaviour = { body: content, etag: '"one"', ranges: true }
  tests += 1
  file = path.join(folder, String(tests), 'weights.pth')
})

const left = () => readdirSync(path.dirname(file))
const part = () => readFileSync(`${file}.part`)

/** Fetches 100,000 bytes, then the connection breaks. */
async function broken(): Promise<void> {
  behaviour.breakAfter = 100_000
  // What has arrived and is not yet read is lost with the connection.
  const onProgress = ({ received }: { received: number }) => received === 100_000 && breakNow()
  const { message } = await failure(
    download({ url, file, sha256: digest(content) }, { onProgress }),
    'download.failed',
  )
  expect(message).toMatch(/: the connection broke\.$/)
  expect(part().equals(content.subarray(0, 100_000))).toBe(true)
  delete behaviour.breakAfter
  requests = []
}

describe('a download', () => {
  it('arrives whole, with progress and every address shown', async () => {
    const seen: { received: number; total?: number }[] = []
    const connections: string[] = []
    await download(
      {
        url: url.replace('weights', 'moved'),
        file,
        bytes: content.length,
        sha256: digest(content).slice(0, 8),
      },
      { onProgress: (progress) => seen.push(progress), onConnection: (address) => connections.push(address) },
    )
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(left()).toEqual(['weights.pth'])
    expect(seen[0]).toEqual({ received: 0, total: content.length })
    expect(seen.at(-1)).toEqual({ received: content.length, total: content.length })
    expect(connections).toEqual([url.replace('weights', 'moved'), url])
  })

  it('goes on where it broke off', async () => {
    await broken()
    await download({ url, file, bytes: content.length, sha256: digest(content) })
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=100000-'])
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(left()).toEqual(['weights.pth'])
  })

  it('takes no other part than it asked for', async () => {
    await broken()
    behaviour.shifted = 1
    await failure(download({ url, file }), 'download.failed')
    expect(left()).not.toContain('weights.pth')
  })

  it('starts anew where the file changed at its source', async () => {
    await broken()
    const changed = Buffer.alloc(200_000, 'other ')
    behaviour = { body: changed, etag: '"two"', ranges: true }
    await download({ url, file })
    expect(readFileSync(file).equals(changed)).toBe(true)
  })

  it('starts anew where the server knows no ranges', async () => {
    await broken()
    behaviour.ranges = false
    await download({ url, file, sha256: digest(content) })
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('starts anew where nothing could tell that both halves are of one file', async () => {
    behaviour.etag = undefined
    await broken()
    await download({ url, file })
    expect(requests[0]?.headers.range).toBeUndefined()
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('starts anew where the server promises only much the same file', async () => {
    behaviour.etag = 'W/"one"'
    await broken()
    await download({ url, file })
    expect(requests[0]?.headers.range).toBeUndefined()
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('is not whole where less came than is known to come, whatever the server says', async () => {
    behaviour.silent = true
    const { message } = await failure(download({ url, file, bytes: content.length + 1 }), 'download.failed')
    expect(message).toContain('only 300000 of 300001 bytes arrived')
    expect(existsSync(file)).toBe(false)
  })

  it('needs no connection when the part is whole already', async () => {
    await broken()
    writeFileSync(`${file}.part`, content)
    await download({ url, file, bytes: content.length, sha256: digest(content) })
    expect(requests).toHaveLength(0)
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('starts anew where the part is longer than the file', async () => {
    await broken()
    writeFileSync(`${file}.part`, Buffer.alloc(400_000))
    await download({ url, file, sha256: digest(content) })
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('of other bytes than announced is thrown away', async () => {
    await failure(download({ url, file, sha256: digest(Buffer.from('else')) }), 'weights.checksum')
    expect(left()).toEqual([])
  })

  it('of another size than announced is refused before it starts', async () => {
    const { message } = await failure(download({ url, file, bytes: 5, sha256: 'x' }), 'download.failed')
    expect(message).toContain('300000 bytes instead of 5')
    expect(existsSync(file)).toBe(false)
  })

  it('can be cancelled, keeps what it has, and goes on later', async () => {
    behaviour.stallAfter = 50_000
    const controller = new AbortController()
    const running = download(
      { url, file },
      { signal: controller.signal, onProgress: ({ received }) => received >= 50_000 && controller.abort() },
    )
    await failure(running, 'cancelled')
    expect(part().length).toBe(50_000)
    delete behaviour.stallAfter
    await download({ url, file })
    expect(requests.at(-1)?.headers.range).toBe('bytes=50000-')
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('that is cancelled before it starts asks nobody', async () => {
    await failure(download({ url, file }, { signal: AbortSignal.abort() }), 'cancelled')
    expect(requests).toHaveLength(0)
  })

  it('gives up a server that falls silent', async () => {
    behaviour.stallAfter = 1000
    const { message } = await failure(download({ url, file }, { timeout: 200 }), 'download.failed')
    expect(message).toContain('nothing arrived')
  })

  it('says why it failed', async () => {
    const at = (address: string) => failure(download({ url: address, file }), 'download.failed')
    expect((await at(url.replace('weights', 'absent'))).message).toContain('404')
    expect((await at(url.replace('weights', 'loop'))).message).toContain('too often')
    expect((await at(url.replace('weights', 'away'))).message).toContain('unprotected address ftp:')
    expect((await at(nobodyThere)).message).toContain('takes no connection')
  })

  it('says so in Korean without a word of English', async () => {
    const reasonOf = async (address: string, options?: DownloadOptions) => {
      const error = await failure(download({ url: address, file }, options), 'download.failed')
      return tellError(plainError(error), 'ko').message.replace(address, '')
    }
    const told = [
      await reasonOf(url.replace('weights', 'absent')),
      await reasonOf(url.replace('weights', 'loop')),
      await reasonOf(nobodyThere),
      await reasonOf('http://nobody.invalid/x'),
    ]
    behaviour.stallAfter = 1000
    told.push(await reasonOf(url, { timeout: 200 }))
    expect(told.filter((text) => /[a-z]{2}/i.test(text))).toEqual([])
  })

  it('leaves nothing behind where there is no file, and no connection either', async () => {
    await failure(download({ url: url.replace('weights', 'absent'), file }), 'download.failed')
    expect(left()).toEqual([])
    await failure(download({ url: nobodyThere, file }), 'download.failed')
    expect(left()).toEqual([])
  })

  it('that somebody else has begun is waited for, and not mixed with it', async () => {
    behaviour.stallAfter = 100_000
    const seen: number[] = []
    const first = download({ url, file }, { onProgress: ({ received }) => seen.push(received) })
    await expect.poll(() => seen.at(-1)).toBe(100_000)
    const second = download({ url, file })
    server.closeAllConnections()
    delete behaviour.stallAfter
    await failure(first, 'download.failed')
    await second
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=100000-'])
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(left()).toEqual(['weights.pth'])
  })

  it('that comes by somebody else’s is not fetched again, and can be cancelled meanwhile', async () => {
    const controller = new AbortController()
    const both = [download({ url, file }), download({ url, file })]
    const third = download({ url, file }, { signal: controller.signal })
    controller.abort()
    await failure(third, 'cancelled')
    await Promise.all(both)
    expect(requests).toHaveLength(1)
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('does not hide that its folder cannot be written', async () => {
    writeFileSync(path.join(folder, 'blocked'), '')
    await failure(download({ url, file: path.join(folder, 'blocked', 'x') }), 'output.unwritable')
  })
})
