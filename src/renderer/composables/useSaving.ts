import { shallowRef } from 'vue'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useMessages } from '../stores/messages.ts'
import { useSettings } from '../stores/settings.ts'
import { useReveal } from './useReveal.ts'

/** What the last dialog granted: only that file can be shown. */
const lastGrant = shallowRef<string>()

/** Saves a file that the engine makes: where the person says in the app, as a download in a browser. */
export function useSaving() {
  const api = useApi()
  const settings = useSettings()
  const messages = useMessages()
  const { reveal } = useReveal()
  const { t } = useText()

  /**
   * Tells of it in the end, in the app with a way to the file.
   * @param make lets the engine make the file, which it then offers under an id
   * @param words what is told; by default the app tells the file's name, and a browser's own list of downloads is enough
   */
  const save = async (
    name: string,
    make: () => Promise<{ download: string }>,
    words?: () => string,
  ): Promise<boolean> =>
    (await messages.attempt(async () => {
      if (settings.info?.mode === 'electron') {
        const { grant } = await api.call('files.pickSave', { name })
        if (grant === null) return false
        lastGrant.value = grant
        const { download } = await make()
        await api.call('files.save', { grant, download })
        messages.saved(words ?? (() => t('frame.saved', { name })), {
          show: () => reveal({ grant }),
          canShow: () => lastGrant.value === grant,
        })
        return true
      }
      const { download } = await make()
      const link = document.createElement('a')
      link.href = api.download(download)
      link.download = name
      link.click()
      if (words) messages.told(words)
      return true
    })) ?? false

  return { save }
}
