import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach } from 'vitest'
import type { Component } from 'vue'
import { createMemoryHistory } from 'vue-router'
import { apiKey } from '../../../src/renderer/api.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { createRooms } from '../../../src/renderer/router.ts'
import type { FakeApi } from './fakeApi.ts'

// A room that stays would still listen to the document's keys.
enableAutoUnmount(afterEach)

export interface MountOptions {
  api: FakeApi
  at?: string
  props?: Record<string, unknown>
}

/** Mounts a view as the app does, with the fake api, at an address. */
export async function mountRoom(
  room: Component,
  { api, at = '/', props = {} }: MountOptions,
): Promise<VueWrapper> {
  document.body.innerHTML = '<div id="room-bar"></div><div id="root"></div>'
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createRooms(createMemoryHistory())
  await router.push(at)
  const wrapper = mount(room, {
    attachTo: '#root',
    props,
    global: { plugins: [pinia, i18n, router], provide: { [apiKey as symbol]: api } },
  })
  await flushPromises()
  return wrapper
}
