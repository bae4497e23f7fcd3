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

const tells = (sentence: string) => expect(document.body.textContent).toContain(sentence)

it.each([
  ['NotAllowedError', 'The camera may not be used.'],
  ['NotFoundError', 'No camera was found.'],
  ['OverconstrainedError', 'No camera was found.'],
  ['NotReadableError', 'another program may be using it'],
])('Of a camera that gives no picture (%s) the dialog tells why, and tries again', async (name, sentence) => {
  open()
  asked.reject(new DOMException('no', name))
  await flushPromises()
  tells(sentence)
  expect(takes().disabled).toBe(true)
  asked = Promise.withResolvers()
  ;[...document.querySelectorAll('button')].find((it) => it.textContent.includes('Try again'))!.click()
  asked.resolve(stream)
  await flushPromises()
  document.querySelector('video')!.dispatchEvent(new Event('loadeddata'))
  await flushPromises()
  expect(document.body.textContent).not.toContain(sentence)
  expect(takes().disabled).toBe(false)
})

it('A page that is lent no camera says where it would be', async () => {
  Reflect.deleteProperty(navigator, 'mediaDevices')
  open()
  await flushPromises()
  tells('begins with https')
})
