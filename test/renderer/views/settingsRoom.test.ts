import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import SettingsRoom from '../../../src/renderer/views/SettingsRoom.vue'
import { useSettings } from '../../../src/renderer/stores/settings.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, press, text } from '../support/page.ts'

beforeAll(layOut)

let api: FakeApi
let calls: FakeCalls
beforeEach(() => {
  calls = {
    'connections.list': () => ({ connections: [] }),
    'log.tail': () => ({
      file: '/home/someone/thaw.log',
      lines: [{ when: '2026-11-24T08:00:00Z', level: 'info', part: 'host', message: '<b>started</b>' }],
    }),
  }
})
async function open(): Promise<void> {
  api = fakeApi(calls)
  await mountRoom(SettingsRoom, { api, at: '/settings' })
  await useSettings().load()
  await flushPromises()
}
const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)

async function choose(id: string, at: number): Promise<void> {
  const select = document.querySelector<HTMLSelectElement>(`#${id}`)!
  select.selectedIndex = at
  select.dispatchEvent(new Event('change'))
  await flushPromises()
}

it('Language, theme, backend and threads are kept as soon as they are changed', async () => {
  await open()
  await press('Dark')
  await choose('backend', 2)
  await choose('threads', 2)
  await press('한국어')
  expect(made('settings.set')).toEqual([
    { theme: 'dark' },
    { backend: 'wasm' },
    { threads: 2 },
    { language: 'ko' },
  ])
  await press('English')
})

async function write(id: string, value: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>(`#${id}`)!
  field.value = value
  field.dispatchEvent(new Event('input'))
  field.dispatchEvent(new Event('change'))
  await flushPromises()
}

it('A proxy that is no address is not kept, and the field says what one looks like', async () => {
  await open()
  await write('proxy', 'proxy.example:8080')
  expect(made('settings.set')).toEqual([])
  const field = document.querySelector<HTMLInputElement>('#proxy')!
  expect(field.value).toBe('proxy.example:8080')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  const problem = document.getElementById(field.getAttribute('aria-describedby')!)!
  expect(problem.textContent).toContain('http://proxy.example:8080')
  await write('proxy', ' http://kim:p%40ss@proxy.example:8080 ')
  expect(made('settings.set')).toEqual([{ proxy: 'http://kim:p%40ss@proxy.example:8080' }])
  expect(field.getAttribute('aria-invalid')).toBe('false')
  await write('mirror', 'ftp://weights.example')
  expect(made('settings.set')).toHaveLength(1)
  expect(text()).toContain('https://mirror.example/weights')
  await write('mirror', '')
  expect(made('settings.set')).toHaveLength(1)
  expect(text()).not.toContain('https://mirror.example/weights')
})

it('Folders and the log are there to be read', async () => {
  await open()
  expect(text()).toContain('/home/someone/.local/share/thaw/cache')
  expect(text()).toContain('<b>started</b>')
})

describe('connections to the internet', () => {
  it('are none, unless someone clicked', async () => {
    await open()
    expect(text()).toContain('None. Thaw connects to the internet only when you click')
  })

  it('are listed with time, address and reason', async () => {
    const connection = {
      when: '2026-11-24T08:00:00Z',
      url: 'https://example.invalid/vgg16.pth',
      why: 'vgg16.pth',
    }
    calls['connections.list'] = () => ({ connections: [connection] })
    await open()
    expect(all('tbody tr', /example\.invalid\/vgg16\.pth.*vgg16\.pth/)).toHaveLength(1)
  })

  it('that cannot be read are told of, and nothing else is lost', async () => {
    calls['connections.list'] = () => {
      throw new ThawError('engine.gone', { part: 'library' })
    }
    await open()
    expect(all('[role="alert"]').length).toBeGreaterThan(0)
    expect(text()).toContain('Language')
  })
})
