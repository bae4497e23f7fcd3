import { shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useEngine } from './engine.ts'

/** Something that comes from the engine. What was there stays in view while it is fetched anew. */
export type Loaded<T> =
  { state: 'loading' } | { state: 'ready'; value: T } | { state: 'failed'; error: PlainError }

export interface LoadedList<T> {
  loaded: Readonly<ShallowRef<Loaded<T>>>
  reload: () => Promise<void>
}

/** Fetches at once, and again whenever the wire was lost and is back. An answer that was overtaken is dropped. */
export function useLoaded<T>(fetch: () => Promise<T>): LoadedList<T> {
  const engine = useEngine()
  const loaded = shallowRef<Loaded<T>>({ state: 'loading' })
  let latest = 0

  async function reload(): Promise<void> {
    latest += 1
    const own = latest
    try {
      const value = await fetch()
      if (own === latest) loaded.value = { state: 'ready', value }
    } catch (error) {
      if (own === latest && loaded.value.state !== 'ready')
        loaded.value = { state: 'failed', error: plainError(error) }
    }
  }

  watch(
    () => engine.connections,
    () => void reload(),
    { immediate: true },
  )
  return { loaded, reload }
}
