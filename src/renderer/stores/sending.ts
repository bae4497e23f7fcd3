import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** Files on their way to the computer that computes. */
export interface Sending {
  id: number
  done: number
  total: number
  stop: () => void
}

/** What is being sent, whichever room it was dropped on: it goes on in another one. */
export const useSending = defineStore('sending', () => {
  const all = shallowRef<readonly Sending[]>([])
  let nextId = 1

  /** @returns how to tell that one more file was sent, and that nothing more will be */
  function begin(total: number, stop: () => void) {
    const id = nextId
    nextId += 1
    all.value = [...all.value, { id, done: 0, total, stop }]
    return {
      sentOne: () => {
        all.value = all.value.map((it) => (it.id === id ? { ...it, done: it.done + 1 } : it))
      },
      end: () => {
        all.value = all.value.filter((it) => it.id !== id)
      },
    }
  }

  return { all, begin }
})
