import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { chordOf, useShortcuts } from '../../../src/renderer/composables/useShortcuts.ts'

enableAutoUnmount(afterEach)

const press = (on: Element, key: string, more: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  on.dispatchEvent(event)
  return event
}

function listening() {
  const [act, undo, move] = [vi.fn(), vi.fn(), vi.fn()]
  const wrapper = mount(
    defineComponent({
      setup: () => {
        useShortcuts({ l: act, arrowright: move, 'mod+z': undo }, ['mod+z'])
        return () =>
          h('div', [
            h('input'),
            h('textarea'),
            h('select'),
            h('p', { class: 'editable', contenteditable: 'true' }),
            h('button'),
            h('input', { type: 'radio' }),
          ])
      },
    }),
    { attachTo: document.body },
  )
  // jsdom knows no editing.
  Object.defineProperty(wrapper.get('.editable').element, 'isContentEditable', { value: true })
  return { act, undo, move, wrapper }
}

describe('A shortcut', () => {
  it('acts, and the browser does nothing else with it', () => {
    const { act, wrapper } = listening()
    expect(press(wrapper.get('button').element, 'l').defaultPrevented).toBe(true)
    expect(act).toHaveBeenCalledOnce()
    expect(press(document.body, 'k').defaultPrevented).toBe(false)
  })

  it.each(['input', 'textarea', 'select', '.editable'])('is a letter where a person types: %s', (place) => {
    const { act, undo, wrapper } = listening()
    expect(press(wrapper.get(place).element, 'l').defaultPrevented).toBe(false)
    expect(act).not.toHaveBeenCalled()
    // But for what no text field has a meaning for.
    press(wrapper.get(place).element, 'z', { ctrlKey: true })
    expect(undo).toHaveBeenCalledOnce()
  })

  it('acts beside a choice, which keeps its own keys', () => {
    const { act, move, wrapper } = listening()
    const choice = wrapper.get('[type=radio]').element
    press(choice, 'l')
    expect(act).toHaveBeenCalledOnce()
    press(choice, 'ArrowRight')
    expect(move).not.toHaveBeenCalled()
    press(wrapper.get('button').element, 'ArrowRight')
    expect(move).toHaveBeenCalledOnce()
  })

  it('is left alone while a syllable is composed, behind a dialog, and where somebody has taken it already', () => {
    const { act, wrapper } = listening()
    press(document.body, 'l', { isComposing: true })
    const taken = (event: Event) => event.preventDefault()
    wrapper.get('button').element.addEventListener('keydown', taken)
    press(wrapper.get('button').element, 'l')
    const dialog = document.createElement('div')
    for (const role of ['dialog', 'alertdialog']) {
      dialog.setAttribute('role', role)
      document.body.append(dialog)
      press(document.body, 'l')
    }
    dialog.remove()
    expect(act).not.toHaveBeenCalled()
  })

  it('ends with its component', () => {
    const { act, wrapper } = listening()
    wrapper.unmount()
    press(document.body, 'l')
    expect(act).not.toHaveBeenCalled()
  })
})

describe('A chord', () => {
  const chord = (key: string, more: KeyboardEventInit = {}) =>
    chordOf(new KeyboardEvent('keydown', { key, ...more }))

  it('is named by its keys', () => {
    expect(chord('z', { ctrlKey: true })).toBe('mod+z')
    expect(chord('Z', { metaKey: true, shiftKey: true })).toBe('mod+shift+z')
    expect(chord('Enter', { shiftKey: true })).toBe('shift+enter')
    expect(chord('?', { shiftKey: true })).toBe('?')
    expect(chord('¡', { altKey: true, code: 'Digit1' })).toBe('alt+1')
    expect(chord('ㅣ', { code: 'KeyL' })).toBe('l')
    // Redo is no undo on a Korean, Greek or Russian keyboard.
    expect(chord('ㅋ', { code: 'KeyZ', ctrlKey: true, shiftKey: true })).toBe('mod+shift+z')
  })
})
