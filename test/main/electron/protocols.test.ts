import { expect, test, vi } from 'vitest'
import { answerScheme, registerScheme } from '../../../src/main/protocols.ts'
import { aHost, photosIn, testFolder } from '../../support/engine/host.ts'
import { put } from '../../support/folder.ts'
import { schemes, session } from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))

test('The scheme is privileged, but never bypasses the policy', () => {
  registerScheme()
  expect(schemes.at(-1)).toMatchObject({ scheme: 'app', privileges: { standard: true, secure: true } })
  expect(schemes.at(-1)!.privileges).not.toHaveProperty('bypassCSP')
})

test('The scheme answers pages and pictures, and nothing outside', async () => {
  const { host, client, home } = await aHost()
  const renderer = await testFolder()
  await put(`${renderer}/index.html`, '<title>Thaw</title>')
  await put(`${renderer}/../secret.html`, 'secret')
  answerScheme(session.defaultSession as never, host, renderer)
  const get = (address: string) => session.defaultSession.handlers.get('app')!(new Request(address))
  const page = await get('app://thaw/')
  expect(await page.text()).toBe('<title>Thaw</title>')
  expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe/)
  for (const address of ['app://other/', 'app://thaw/..%2fsecret.html', 'app://thaw/%2e%2e%2fsecret.html'])
    expect(await (await get(address)).text()).not.toContain('secret')
  expect((await get('app://other/')).status).toBe(404)
  const { id } = await client.call('datasets.add', { folder: await photosIn(`${home}/photos`, ['a', 'b']) })
  const { photos } = await client.call('datasets.photos', { dataset: id })
  expect((await get(`app://thaw/thumb/${photos[0]!.id}`)).headers.get('content-type')).toBe('image/jpeg')
  expect((await get(`app://thaw/thumb/${encodeURIComponent(`${home}/photos/train/a/0.jpg`)}`)).status).toBe(
    404,
  )
})
