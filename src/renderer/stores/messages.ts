import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'

/** What was done, or what failed. */
export type Toast = { id: number } & Told

type Told =
  | {
      /** Said anew where the language changes while it is shown. */
      text: () => string
      /** Given where what was done can be undone. */
      undo?: () => void | Promise<void>
      /** Whether it can still be undone: it may have been in another way. Without it, for as long as the toast is shown. */
      canUndo?: () => boolean
      /** Given where the file manager can show what was saved; while `canShow`. */
      show?: () => unknown
      canShow?: () => boolean
      error?: undefined
    }
  | {
      error: PlainError
      text?: undefined
      undo?: undefined
      canUndo?: undefined
      show?: undefined
      canShow?: undefined
    }

/** What is told in passing: toasts at the window's corner, and the words for a screen reader. */
export const useMessages = defineStore('messages', () => {
  const toasts = shallowRef<readonly Toast[]>([])
  const announcement = ref('')
  let nextId = 1

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  function show(toast: Told): void {
    const id = nextId
    nextId += 1
    // A failure that is in view already is not told beside itself. Three at most: an older one gives way.
    const others = toasts.value.filter((it) => !(toast.error && it.error?.message === toast.error.message))
    toasts.value = [...others.slice(-2), { ...toast, id }]
  }

  /** Says it to a screen reader, politely. */
  function announce(text: string): void {
    announcement.value = text
  }

  /** Something failed for which no place on the page is better. A cancellation is no failure. */
  function failed(error: unknown): void {
    const plain = plainError(error)
    if (plain.code !== 'cancelled') show({ error: plain })
  }

  return {
    toasts,
    announcement,
    dismiss,
    announce,
    /** Something was done. */
    told: (text: () => string, undo?: Toast['undo'], canUndo?: Toast['canUndo']) =>
      show({ text, ...(undo && { undo }), ...(canUndo && { canUndo }) }),
    /** Something was saved; with what shows it, for as long as it can be shown. */
    saved: (text: () => string, shown: { show: () => unknown; canShow: () => boolean }) =>
      show({ text, ...shown }),
    failed,
    /**
     * An act that counts each time it is asked for, whatever else is under way (of `useTask` only the last does): a failure is told in
     * passing. @returns what it gives; undefined if it failed
     */
    attempt: async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work()
      } catch (failure) {
        failed(failure)
        return undefined
      }
    },
  }
})
