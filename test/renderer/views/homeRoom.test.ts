import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { createMemoryHistory, RouterView } from 'vue-router'
import type { Router } from 'vue-router'
import type { DatasetSummary } from '../../../src/shared/api/datasets.ts'
import { apiKey } from '../../../src/renderer/api.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { createRooms } from '../../../src/renderer/router.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { later } from '../support/page.ts'
import { someDataset } from '../support/samples.ts'

beforeAll(layOut)

let router: Router
let list: ReturnType<typeof later<{ datasets: DatasetSummary[] }>>

beforeEach(async () => {
  list = later()
  const api = fakeApi({ 'datasets.list': () => list.promise })
  const pinia = createPinia()
  setActivePinia(pinia)
  router = createRooms(createMemoryHistory())
  document.body.innerHTML = '<div id="room-bar"></div><div id="root"></div>'
  await router.push('/')
  mount(RouterView, {
    attachTo: '#root',
    global: { plugins: [pinia, i18n, router], provide: { [apiKey as symbol]: api } },
  })
  await flushPromises()
})

/** Rooms are fetched when they are first gone to. */
const leadsTo = (name: string) =>
  expect.poll(() => router.currentRoute.value.name, { timeout: 10_000 }).toBe(name)

it('It waits for the photos before it leads on to them', async () => {
  expect(router.currentRoute.value.name).toBe('home')
  list.resolve({ datasets: [someDataset] })
  await leadsTo('photos')
})

it('Who has no photos yet comes to the first start', async () => {
  list.resolve({ datasets: [] })
  await leadsTo('start')
})

it('Who has gone elsewhere meanwhile is not called back', async () => {
  const going = router.push('/settings')
  list.resolve({ datasets: [someDataset] })
  await going
  await new Promise((resolve) => setTimeout(resolve, 100))
  await leadsTo('settings')
})
