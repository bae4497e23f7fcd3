import { computed } from 'vue'
import type { WritableComputedRef } from 'vue'
import type { RunConfig } from '../../shared/config.ts'
import { useDraft } from '../stores/draft.ts'

/** One setting of the draft's run, for `v-model`. */
export function useConfigField<K extends keyof RunConfig>(name: K): WritableComputedRef<RunConfig[K]> {
  const store = useDraft()
  return computed({
    get: () => store.draft.config[name],
    set: (value) => store.changeConfig({ [name]: value }),
  })
}

/** Whether a setting that may be null is in use; turned on it takes `start`. */
export function useConfigSwitch<K extends keyof RunConfig>(
  name: K,
  start: NonNullable<RunConfig[K]>,
): WritableComputedRef<boolean> {
  const store = useDraft()
  return computed({
    get: () => store.draft.config[name] !== null,
    set: (on) => store.changeConfig({ [name]: on ? start : null }),
  })
}
