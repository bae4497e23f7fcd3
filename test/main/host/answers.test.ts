import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/main/host/host.ts'
import { answerRequest, failure, jsonAnswer } from '../../../src/main/host/resources.ts'
import type { ErrorCode } from '../../../src/shared/errors.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import { put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()

interface Asked {
  call: string
  input: unknown
}

/** A library that answers everything with `answer`, or fails with it; what it was asked, and what was written into the log. */
function hostOf(answer: unknown) {
  const asked: Asked[] = []
  const logged: string[] = []
  const call = (name: string, input: unknown) => {
    asked.push({ call: name, input })
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const receive = ({ body, ...of }: { body: unknown }) =>
    call('uploads.receive', { ...of, hasBody: body !== null })
  const host = {
    library: () => Promise.resolve({ call }),
    uploads: { receive },
    log: { write: (...told: string[]) => logged.push(told.join(' ')) },
  } as unknown as Host
  const ask = (address: string, init: RequestInit = {}) =>
    answerRequest(host, folder.path('renderer'), new Request(`http://thaw${address}`, init))
  return { ask, asked, logged }
}

const kept = (answer: Response) => answer.headers.get('cache-control')

describe('A thumbnail', () => {
  it('is its file, kept for good', async () => {
    const file = await put(folder.path('thumb.webp'), 'bytes')
    const { ask, asked } = hostOf({ file, type: 'image/webp' })
    const answer = await ask('/thumb/0a1b')
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
      ...[200, 'bytes', 'image/webp'],
    ])
    expect(kept(answer)).toContain('immutable')
    expect(answer.headers.get('content-length')).toBe('5')
    expect(asked).toEqual([{ call: 'pictures.file', input: { picture: '0a1b', size: 192, coarse: false } }])
  })

  it.each([96, 192, 384, 1024])('may be %i pixels large, and a coarse one', async (size) => {
    const { ask, asked } = hostOf({
      bytes: Buffer.from('x').toString('base64'),
      type: 'image/jpeg',
      lasts: true,
    })
    expect((await ask(`/thumb/a?size=${size}&coarse`)).status).toBe(200)
    expect(asked).toMatchObject([{ input: { size, coarse: true } }])
  })

  it.each(['0', '97', '2048', 'large', '', '192.5'])('of %s pixels is none', async (size) => {
    const { ask, asked } = hostOf({})
    const answer = await ask(`/thumb/a?size=${size}`)
    expect([answer.status, asked]).toEqual([400, []])
    expect(await answer.text()).toContain('96, 192, 384, 1024')
  })

  it('that is only for now is not kept', async () => {
    const of = (lasts: boolean) => hostOf({ bytes: 'eA==', type: 'image/jpeg', lasts }).ask('/thumb/a')
    expect([kept(await of(true)), kept(await of(false))]).toEqual([
      expect.stringContaining('immutable'),
      'no-store',
    ])
    expect(await (await of(false)).text()).toBe('x')
  })
})

describe('A download', () => {
  it('has its name, in letters that old readers know and as it is', async () => {
    const file = await put(folder.path('weights'), '1234')
    const { ask, asked } = hostOf({ file, type: 'application/octet-stream', name: 'my "bees" 벌.pth' })
    const answer = await ask('/download/ab')
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="my _bees_ _.pth"; filename*=UTF-8''my%20%22bees%22%20%EB%B2%8C.pth`,
    )
    expect([kept(answer), await answer.text()]).toEqual(['no-store', '1234'])
    expect(asked).toEqual([{ call: 'downloads.file', input: { download: 'ab' } }])
  })

  it('is named by one id, and asked for by reading alone', async () => {
    await put(folder.path('renderer/index.html'), 'page')
    const { ask, asked } = hostOf({})
    for (const place of ['/download/a/b', '/thumb/a/b']) expect(await (await ask(place)).text()).toBe('page')
    const posted = await ask('/download/a', { method: 'POST' })
    expect([posted.status, posted.headers.get('allow'), asked]).toEqual([405, 'GET, HEAD', []])
  })

  it('may be asked for without what is in it', async () => {
    const file = await put(folder.path('weights'), '1234')
    const { ask } = hostOf({ file, type: 'application/octet-stream', name: 'a.pth' })
    const answer = await ask('/download/ab', { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '4'])
    await answer.body?.cancel()
  })
})

describe('A file that is sent', () => {
  const send = (host: ReturnType<typeof hostOf>, query: string, headers = {}) =>
    host.ask(`/upload${query}`, { method: 'POST', body: 'x', headers })

  it('is taken in under its batch and name, with the length that was told', async () => {
    const host = hostOf({ file: '/f', folder: '/', bytes: 1 })
    const answer = await send(host, '?batch=b&name=a%2Fc.jpg', { 'content-length': '1' })
    expect(await answer.json()).toEqual({ file: '/f', folder: '/', bytes: 1 })
    await send(host, '')
    expect(host.asked.map(({ input }) => input)).toEqual([
      { batch: 'b', name: 'a/c.jpg', declared: 1, hasBody: true },
      { batch: '', name: '', declared: undefined, hasBody: true },
    ])
  })

  it('is not asked for by reading', async () => {
    const host = hostOf({})
    await host.ask('/upload?batch=b&name=a')
    expect(host.asked).toEqual([])
  })
})

describe('What fails', () => {
  it.each([
    ['not-found', { what: 'this-page' }, 404],
    ['photo.missing', { file: 'a' }, 404],
    ['filing.busy', {}, 409],
    ['rpc.invalid', { reason: 'x' }, 400],
    ['api.no-key', {}, 401],
    ['refused', { what: 'x' }, 403],
    ['upload.too-large', { limit: '1 MB' }, 413],
    ['api.too-many', { seconds: 1 }, 429],
    ['api.too-slow', { seconds: 10 }, 408],
    ['engine.gone', { part: 'library' }, 503],
    ['disk.full', { file: 'a' }, 507],
    ['upload.quota', { taken: '1', limit: '1' }, 507],
    ['upload.no-space', { available: '1' }, 507],
    ['run.missing', { run: 'a' }, 422],
  ] as [ErrorCode, Record<string, string | number>, number][])(
    'by %s is told by its code',
    async (code, about, status) => {
      const answer = failure(new ThawError(code, about))
      expect([answer.status, kept(answer)]).toEqual([status, 'no-store'])
      expect(await answer.json()).toMatchObject({ code, parameters: about })
    },
  )

  it('for a reason that nobody foresaw is in the log, and only there', async () => {
    const { ask, logged } = hostOf(new Error('secret detail'))
    const answer = await ask('/thumb/a')
    expect([answer.status, logged]).toEqual([500, ['error host Error: secret detail']])
    expect(await answer.text()).not.toContain('secret')
  })

  it('for a known reason is not in the log', async () => {
    const { ask, logged } = hostOf(new ThawError('not-found', { what: 'this-page' }))
    expect([(await ask('/thumb/a')).status, logged]).toEqual([404, []])
  })
})

it('what is answered to programs is JSON that nobody keeps', async () => {
  const answer = jsonAnswer({ a: [1] })
  expect([answer.status, kept(answer), answer.headers.get('content-type')]).toEqual([
    ...[200, 'no-store', 'application/json'],
  ])
  expect(await answer.json()).toEqual({ a: [1] })
})
