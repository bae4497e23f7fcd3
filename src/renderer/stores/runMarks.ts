import { defineStore } from 'pinia'
import { computed } from 'vue'
import { RunMarks } from '../../shared/api/runMarks.ts'
import type { RunColumn, RunMark } from '../../shared/api/runMarks.ts'
import { useApi } from '../api.ts'
import { noMark } from '../format/runRows.ts'
import { useLoaded } from './loaded.ts'
import { useMessages } from './messages.ts'

/** A person's remarks on runs, and which columns the list has: kept by the library, the same in every window. */
export const useRunMarks = defineStore('runMarks', () => {
  const api = useApi()
  const messages = useMessages()
  const { loaded, reload } = useLoaded(() => api.call('runs.marks', {}))
  api.on('runs.changed', () => void reload())

  const nothing = RunMarks.parse({})
  const kept = computed(() => (loaded.value.state === 'ready' ? loaded.value.value : nothing))
  const tags = computed(() => [...new Set(Object.values(kept.value.marks).flatMap((it) => it.tags))].sort())
  const of = (run: string): RunMark => kept.value.marks[run] ?? noMark

  /** @returns whether it was done */
  async function told(work: () => Promise<unknown>): Promise<boolean> {
    const done = await messages.attempt(async () => {
      await work()
      await reload()
      return true
    })
    return done ?? false
  }

  return {
    columns: computed(() => kept.value.columns),
    tags,
    of,
    mark: (runs: string[], change: Partial<RunMark>) => told(() => api.call('runs.mark', { runs, change })),
    markEach: (changes: Record<string, Partial<RunMark>>) =>
      told(() => api.call('runs.markEach', { changes })),
    choose: (columns: RunColumn[]) => told(() => api.call('runs.columns', { columns })),
  }
})
