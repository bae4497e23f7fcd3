import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { useRuns } from '../stores/runs.ts'
import { useRunActions } from './useRunActions.ts'

/** Whether the run that a page shows was thrown away meanwhile, and how it comes back. */
export function useGoneRun(run: () => string): {
  isGone: ComputedRef<boolean>
  bringBack: () => Promise<void>
} {
  const runs = useRuns()
  const { restore } = useRunActions()
  return {
    isGone: computed(() => runs.isGone(run())),
    bringBack: () => restore(run(), runs.nameOf(run()) ?? run()),
  }
}
