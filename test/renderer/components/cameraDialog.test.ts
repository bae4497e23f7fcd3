import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import CameraDialog from '../../../src/renderer/components/classify/CameraDialog.vue'
import { i18n } from '../../../src/renderer/i18n/index.ts'

enableAutoUnmount(afterEach)

/** Whether the camera may be used, which the browser asks a person: answered by a test. */
let asked: PromiseWithResolvers<MediaStream>
const stop = vi.fn()
const stream = { getTracks: () => [{ stop }] } as unknown as MediaStream
beforeEach(() => {
  asked = Promise.withResolvers()
  stop.mockClear()
  const value = { getUserMedia: () => asked.promise }
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value })
})
afterEach(() => Reflect.deleteProperty(navigator, 'mediaDevices'))

const open = () => mount(CameraDialog, { global: { plugins: [i18n] }, attachTo: document.body })
const takes = () =>
  [...document.querySelectorAll('button')].find((it) => it.textContent.includes('Take a photo'))!

it('No photo can be taken before the camera shows something', async () => {
  open()
  await flushPromises()
  expect(takes().disabled).toBe(true)
  asked.resolve(stream)
  await flushPromises()
  expect(takes().disabled).toBe(true)
  document.querySelector('video')!.dispatchEvent(new Event('loadeddata'))
  await flushPromises()
  expect(takes().disabled).toBe(false)
})

it('A camera that is allowed after the dialog was closed does not stay on', async () => {
  const dialog = open()
  await flushPromises()
  dialog.unmount()
  expect(stop).not.toHaveBeenCalled()
  asked.resolve(stream)
  await flushPromises()
  expect(stop).toHaveBeenCalledOnce()
})

it('A camera that is refused is told of', async () => {
  open()
  asked.reject(new DOMException('no', 'NotAllowedError'))
  await flushPromises()
  expect(document.body.textContent).toContain('There is no camera, or it may not be used.')
  expect(takes().disabled).toBe(true)
})
