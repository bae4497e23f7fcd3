import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { EngineState } from '../../shared/api/app.ts'
import type { Connection } from '../api.ts'
import { useApi } from '../api.ts'

/** Whether Thaw's parts are there: the wire, the library, the trainer. */
export const useEngine = defineStore('engine', () => {
  const api = useApi()
  const connection = ref<'connecting' | Connection>('connecting')
  const parts = shallowRef<readonly EngineState[]>([])
  /** Counts the connections, also those to a library that was gone: a store that shows a list reloads it when this changes. */
  const connections = ref(0)
  /** Address of the room that was asked for last, if its files did not come. */
  const unloaded = ref<string>()
  let libraryWasGone = false

  api.onConnection((state) => {
    connection.value = state
    if (state !== 'open') return
    connections.value += 1
    void api.call('engine.states', {}).then(
      ({ states }) => (parts.value = states),
      // The wire broke again: the next connection asks anew.
      () => undefined,
    )
  })
  api.on('engine.state', (state) => {
    parts.value = [...parts.value.filter(({ part }) => part !== state.part), state]
    if (state.part !== 'library' || state.state === 'starting') return
    if (state.state === 'ready' && libraryWasGone) connections.value += 1
    libraryWasGone = state.state !== 'ready'
  })

  const restart = (part: EngineState['part']) => api.call('engine.restart', { part })

  /** Whether what is shown is how it was, since nobody tells of changes any more. */
  const isAway = computed(() => connection.value !== 'open' && connection.value !== 'connecting')

  return { connection, isAway, connections, parts, unloaded, restart }
})
