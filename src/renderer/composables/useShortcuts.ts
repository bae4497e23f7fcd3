import { onMounted, onUnmounted } from 'vue'

/** "mod+z" (Ctrl, or Cmd on a Mac), "mod+shift+z", "alt+1", "r". `false` leaves the key to what has the focus: Enter presses a button. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => unknown>>

/** The pressed keys in the form of Shortcuts. */
export function chordOf(event: KeyboardEvent): string {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event
  // With Alt, and on a keyboard of another script, a key's sign is another one; its code never is.
  const isOther = altKey
    ? /^Digit\d$/.test(event.code)
    : /^Key[A-Z]$/.test(event.code) && !/^[a-z]$/i.test(key)
  const name = isOther ? event.code.slice(-1).toLowerCase() : key.toLowerCase()
  const parts = [(ctrlKey || metaKey) && 'mod', altKey && 'alt', shiftKey && key.length > 1 && 'shift', name]
  if (shiftKey && key.length === 1 && /[a-z]/.test(name)) parts.splice(-1, 0, 'shift')
  return parts.filter(Boolean).join('+')
}

/** Fields in which no letter is typed, and the keys that they have a use for. */
const unwritten = new Set(['radio', 'checkbox', 'range', 'button', 'submit', 'reset', 'file', 'color'])
const moves = /^(Arrow|Page|Home$|End$|Enter$| $)/

/** Whether a key means something to the field that has the focus: text to be typed, or a choice to be made. */
export function isForField({ target, key }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement && unwritten.has(target.type)) return moves.test(key)
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}

/**
 * Listens while the component is there. Keys are left alone where a person types or a dialog is open.
 * @param whileTyping chords that no text field has a meaning for
 * @param own for what may stand in a dialog: an element of it, whose dialog does not take its keys away
 */
export function useShortcuts(
  shortcuts: Shortcuts,
  whileTyping: readonly string[] = [],
  own: () => HTMLElement | null | undefined = () => undefined,
): void {
  const isCovered = () =>
    [...document.querySelectorAll('[role="dialog"], [role="alertdialog"]')].some(
      (dialog) => !dialog.contains(own() ?? document),
    )
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const chord = chordOf(event)
    if (!Object.hasOwn(shortcuts, chord)) return
    if (isForField(event) && !whileTyping.includes(chord)) return
    if (isCovered()) return
    if (shortcuts[chord]!(event) !== false) event.preventDefault()
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onUnmounted(() => document.removeEventListener('keydown', onKey))
}
