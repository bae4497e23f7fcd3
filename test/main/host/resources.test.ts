import { beforeAll, describe, expect, it } from 'vitest'
import type { Host } from '../../../src/main/host/host.ts'
import { answerRequest } from '../../../src/main/host/resources.ts'
import { put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const secret = 'the person’s own'
// Pages need no engine.
const host = { log: { write: () => undefined } } as unknown as Host

beforeAll(async () => {
  await put(folder.path('renderer/index.html'), '<title>Thaw</title>')
  await put(folder.path('renderer/assets/a-1.js'), 'script')
  await put(folder.path('secret.js'), secret)
  await put(folder.path('renderer-old/secret.js'), secret)
  await put(folder.path('secret'), secret)
})

async function get(address: string, method = 'GET') {
  const answer = await answerRequest(
    host,
    folder.path('renderer'),
    new Request(`http://thaw${address}`, { method }),
  )
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

describe('The page’s own files', () => {
  it('are given by their names, kept for good where the name says what is in it', async () => {
    const script = await get('/assets/a-1.js')
    expect([script.status, script.text]).toEqual([200, 'script'])
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect(script.headers.get('content-type')).toContain('text/javascript')
    const page = await get('/')
    expect([page.status, page.text]).toEqual([200, '<title>Thaw</title>'])
    expect(page.headers.get('cache-control')).toBe('no-cache')
  })

  it('are the page itself for every room of it', async () => {
    expect((await get('/runs/1')).text).toBe('<title>Thaw</title>')
    expect((await get('/assets')).text).toBe('<title>Thaw</title>')
    expect((await get('/nowhere.js')).status).toBe(404)
  })

  it.each([
    '/..%2fsecret.js',
    '/assets/..%2f..%2fsecret.js',
    '/%2e%2e%2fsecret.js',
    '/..%2frenderer-old%2fsecret.js',
    '/..%2fsecret',
    '/%2fetc%2fpasswd',
    '/..%5csecret.js',
    '/assets/%00/..%2f..%2fsecret.js',
  ])('leave what lies outside of their folder alone: %s', async (address) => {
    expect((await get(address)).text).not.toContain(secret)
  })

  it('are not to be written, and an address that is none is refused', async () => {
    expect((await get('/', 'POST')).status).toBe(405)
    expect((await get('/', 'DELETE')).status).toBe(405)
    expect((await get('/%ff')).status).toBe(400)
  })
})

/** What a policy says of a directive; of one that it does not name, what it says of all fetches. */
function sourcesIn(policy: string): (directive: string) => string | undefined {
  const said = new Map(policy.split('; ').map((part) => part.split(/ (.*)/) as [string, string]))
  return (directive) =>
    said.get(directive) ?? (directive.endsWith('-src') ? said.get('default-src') : undefined)
}

it.each(['/', '/assets/a-1.js', '/missing.js', '/%'])(
  'What is answered to %s lets a browser take nothing from elsewhere, run nothing inline, guess nothing',
  async (address) => {
    const { headers } = await get(address)
    const policy = headers.get('content-security-policy')!
    expect(policy).not.toMatch(/unsafe|\*|https?:|blob:/)
    const of = sourcesIn(policy)
    for (const ours of ['script-src', 'style-src', 'connect-src', 'font-src']) expect(of(ours)).toBe("'self'")
    for (const nowhere of [
      'object-src',
      'frame-src',
      'worker-src',
      'media-src',
      'frame-ancestors',
      'base-uri',
    ])
      expect(of(nowhere), nowhere).toBe("'none'")
    expect(of('form-action')).toBe("'none'")
    expect(of('img-src')).toBe("'self' data:")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  },
)
