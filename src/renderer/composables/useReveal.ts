import { computed } from 'vue'
import type { Revealed } from '../../shared/api/files.ts'
import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'
import { useSettings } from '../stores/settings.ts'

/** Shows a run's folder, a dataset's, a photo or what was just saved in the system's file manager: in the app, not in a browser, which has none. */
export function useReveal() {
  const api = useApi()
  const settings = useSettings()
  const messages = useMessages()
  return {
    canReveal: computed(() => settings.info?.mode === 'electron'),
    reveal: (what: Revealed) => messages.attempt(() => api.call('files.reveal', what)),
  }
}
