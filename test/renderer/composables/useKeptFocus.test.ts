import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref, shallowRef } from 'vue'
import type { VNode } from 'vue'
import { useKeptFocus } from '../../../src/renderer/composables/useKeptFocus.ts'

const page = shallowRef<() => VNode[]>(() => [])
const frame = defineComponent({
  setup: () => {
    const room = ref<HTMLElement>()
    useKeptFocus(() => room.value)
    return () => h('div', { ref: room, id: 'room', tabindex: '-1' }, page.value())
  },
})
const button = (name: string, more: object = {}) => h('button', { key: name, id: name, ...more }, name)

let mounted: ReturnType<typeof mount>
async function showing(...nodes: VNode[]): Promise<void> {
  page.value = () => nodes
  mounted = mount(frame, { attachTo: document.body })
  await nextTick()
}
afterEach(() => mounted.unmount())

/** By the keyboard, unless a pointer was the last. */
function stand(on: string, by: 'keydown' | 'pointerdown' = 'keydown'): void {
  document.dispatchEvent(new Event(by))
  document.querySelector<HTMLElement>(`#${on}`)!.focus()
}
async function becomes(...nodes: VNode[]): Promise<string | undefined> {
  page.value = () => nodes
  await nextTick()
  await flushPromises()
  await new Promise((resolve) => setTimeout(resolve))
  return document.activeElement?.id
}

describe('Whoever works by the keyboard', () => {
  it('goes on beside what has gone: behind it, or before it where nothing follows', async () => {
    await showing(button('a'), button('b'), button('c'))
    stand('b')
    expect(await becomes(button('a'), button('c'))).toBe('c')
    expect(await becomes(button('a'))).toBe('a')
  })

  it('goes on in what came instead', async () => {
    await showing(h('ul', { key: 'list' }, [button('tile')]), button('panel'))
    stand('tile')
    const large = h('section', { key: 'large' }, [h('p'), button('close'), button('next')])
    expect(await becomes(large, button('panel'))).toBe('close')
  })

  it('goes on around a part that has nothing left, past what is disabled', async () => {
    const foot = h('footer', { key: 'foot' }, [button('off', { disabled: true }), button('on')])
    await showing(h('div', { key: 'part' }, [button('only')]), foot)
    stand('only')
    expect(await becomes(h('div', { key: 'part' }), foot)).toBe('on')
  })

  it('stands in the room where nothing in it can have the focus, and not outside', async () => {
    await showing(button('only'))
    const beside = document.body.appendChild(document.createElement('button'))
    stand('only')
    expect(await becomes(h('p', { key: 'p' }))).toBe('room')
    beside.remove()
  })

  it('has a button again that was disabled while its work was done', async () => {
    await showing(button('learn'), button('other'))
    stand('learn')
    const busy = document.querySelector<HTMLButtonElement>('#learn')!
    // A browser does so with the next picture it draws of a disabled one.
    busy.blur()
    busy.disabled = true
    await flushPromises()
    expect(document.activeElement).toBe(document.body)
    busy.disabled = false
    await flushPromises()
    expect(document.activeElement?.id).toBe('learn')
  })

  it('goes to the last before it where nothing follows, and not to what cannot be seen', async () => {
    const hidden = h('div', { key: 'hidden' }, [button('unseen')])
    await showing(h('div', { key: 'part' }, [button('a'), button('b')]), button('c'), hidden)
    document.querySelector('#unseen')!.checkVisibility = () => false
    stand('c')
    expect(await becomes(h('div', { key: 'part' }, [button('a'), button('b')]), hidden)).toBe('b')
  })

  it('stands in the room when what went was outside of it, and not beside that', async () => {
    await showing(button('inside'))
    const dialog = document.body.appendChild(document.createElement('div'))
    dialog.innerHTML = '<button id="gone"></button><button id="beside"></button>'
    stand('gone')
    document.querySelector('#gone')!.remove()
    await flushPromises()
    await new Promise((resolve) => setTimeout(resolve))
    expect(document.activeElement?.id).toBe('room')
    dialog.remove()
  })

  it('is one again who has used a pointer before', async () => {
    await showing(button('a'), button('b'))
    stand('a', 'pointerdown')
    stand('a')
    expect(await becomes(button('b'))).toBe('b')
  })

  it('has nothing any more after the room is gone', async () => {
    await showing(button('a'))
    const dialog = document.body.appendChild(document.createElement('button'))
    dialog.id = 'gone'
    stand('gone')
    mounted.unmount()
    dialog.remove()
    await flushPromises()
    await new Promise((resolve) => setTimeout(resolve))
    expect(document.activeElement).toBe(document.body)
    mounted = mount(frame, { attachTo: document.body })
  })

  it('stays where somebody put the focus on purpose', async () => {
    await showing(button('a'), button('b'), button('c'))
    stand('a')
    page.value = () => [button('b'), button('c')]
    await nextTick()
    document.querySelector<HTMLElement>('#c')!.focus()
    await new Promise((resolve) => setTimeout(resolve))
    expect(document.activeElement?.id).toBe('c')
  })
})

it('leaves a pointer alone: the next key is for nothing that was not meant', async () => {
  await showing(button('a'), button('b'))
  stand('b')
  stand('a', 'pointerdown')
  expect(await becomes(button('b'))).toBe('')
})
