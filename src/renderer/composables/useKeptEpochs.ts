import { shallowRef, watch } from 'vue'
import type { RunEventOf } from '../../shared/run.ts'
import { useApi } from '../api.ts'
import { useRuns } from '../stores/runs.ts'

/**
 * The epochs whose checkpoints a run keeps, asked for again with each checkpoint – one more may be there, and others gone – and when runs have
 * changed: a person may have cleaned up.
 */
export function useKeptEpochs(run: () => string, checkpoint: () => RunEventOf<'checkpoint'> | undefined) {
  const api = useApi()
  const runs = useRuns()
  const kept = shallowRef<readonly number[]>([])

  watch(
    [run, checkpoint, () => runs.all],
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
