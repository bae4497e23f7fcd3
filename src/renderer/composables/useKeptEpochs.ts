import { shallowRef, watch } from 'vue'
import type { RunEventOf } from '../../shared/run.ts'
import { useApi } from '../api.ts'

/** The epochs whose checkpoints a run keeps, asked for again with each checkpoint: one more may be there, and others gone. */
export function useKeptEpochs(run: () => string, checkpoint: () => RunEventOf<'checkpoint'> | undefined) {
  const api = useApi()
  const kept = shallowRef<readonly number[]>([])

  watch(
    [run, checkpoint],
    async ([id], [before]) => {
      if (id !== before) kept.value = []
      // Marks beside the figures: where they cannot be had, the room says all else.
      const found = await api.call('runs.kept', { run: id }).catch(() => undefined)
      if (found && id === run()) kept.value = found.epochs.map(({ epoch }) => epoch)
    },
    { immediate: true },
  )
  return kept
}
