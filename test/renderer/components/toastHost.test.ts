import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import ToastHost from '../../../src/renderer/components/ToastHost.vue'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { ThawError } from '../../../src/shared/errors.ts'

enableAutoUnmount(afterEach)
beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  mount(ToastHost, { global: { plugins: [i18n] }, attachTo: document.body })
})
afterEach(() => {
  vi.useRealTimers()
})

const toasts = () => [...document.querySelectorAll<HTMLElement>('.toast')]
const after = async (milliseconds: number) => {
  await vi.advanceTimersByTimeAsync(milliseconds)
  await flushPromises()
}
const press = (key: string, on: EventTarget = document.body) =>
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

describe('A toast', () => {
  it('is told to a screen reader by itself, not with those that are still there', () => {
    const said = document.querySelector('.announcement')!
    expect([said.getAttribute('role'), said.getAttribute('aria-atomic')]).toEqual(['status', 'false'])
  })

  it('goes after five seconds, later where it offers Undo, and never where something failed', async () => {
    const messages = useMessages()
    messages.told(() => 'Moved.')
    messages.told(
      () => 'Deleted.',
      () => undefined,
    )
    messages.failed(new ThawError('disk.full'))
    await after(4500)
    expect(toasts()).toHaveLength(3)
    await after(1000)
    expect(
      toasts()
        .map((it) => it.textContent)
        .join(),
    ).not.toContain('Moved.')
    expect(toasts()).toHaveLength(2)
    await after(60_000)
    expect(toasts()).toHaveLength(1)
    expect(toasts()[0]!.textContent).toContain('disk')
  })

  it('offers Undo only as long as there is something to undo', async () => {
    const holds = ref(true)
    useMessages().told(
      () => 'Moved.',
      () => undefined,
      () => holds.value,
    )
    await after(0)
    expect(toasts()[0]!.textContent).toContain('Undo')
    holds.value = false
    await after(0)
    expect(toasts()[0]!.textContent).toContain('Moved.')
    expect(toasts()[0]!.textContent).not.toContain('Undo')
  })

  it('is told to a screen reader, with what to do about it', async () => {
    useMessages().told(() => 'Moved.')
    useMessages().failed(new ThawError('disk.full'))
    await after(0)
    const heard = document.querySelector('[role="status"]')!
    expect(heard.closest('[aria-hidden="true"]')).toBeNull()
    expect(heard.textContent).toContain('Moved.')
    expect(heard.textContent).toMatch(/disk.+space/is)
  })

  it('is in the language of the window, also after that was changed', async () => {
    const { t, locale } = i18n.global
    useMessages().told(() => t('runs.saved'))
    await after(0)
    const before = t('runs.saved')
    expect(toasts()[0]!.textContent).toContain(before)
    locale.value = 'ko'
    await after(0)
    expect(t('runs.saved')).not.toBe(before)
    expect(toasts()[0]!.textContent).toContain(t('runs.saved'))
    expect(document.querySelector('[role="status"]')!.textContent).toContain(t('runs.saved'))
    locale.value = 'en'
  })

  it('stays as long as it is pointed at', async () => {
    useMessages().told(() => 'Moved.')
    await after(4000)
    toasts()[0]!.dispatchEvent(new Event('pointermove', { bubbles: true }))
    await after(20_000)
    expect(toasts()).toHaveLength(1)
  })

  it('tells one failure once, and no more than three things at a time', async () => {
    const messages = useMessages()
    for (let time = 0; time < 2; time += 1) messages.failed(new ThawError('disk.full'))
    expect(messages.toasts).toHaveLength(1)
    for (const name of ['a', 'b', 'c']) messages.told(() => name)
    await after(0)
    expect(toasts().map((it) => it.textContent.trim())).toEqual(['a', 'b', 'c'])
  })

  it('is undone once by its button, and is gone then', async () => {
    const undo = vi.fn()
    useMessages().told(() => 'Deleted.', undo)
    await after(0)
    toasts()[0]!.querySelector<HTMLElement>('button')!.click()
    await after(0)
    expect(undo).toHaveBeenCalledOnce()
    expect(toasts()).toHaveLength(0)
  })

  it('is closed by Escape only when the focus is in it', async () => {
    useMessages().told(() => 'Moved.')
    await after(0)
    press('Escape')
    await after(0)
    expect(toasts()).toHaveLength(1)
    press('F8')
    expect(document.activeElement!.closest('.toasts')).not.toBeNull()
    press('Escape', document.activeElement!)
    await after(0)
    expect(toasts()).toHaveLength(0)
  })
})
