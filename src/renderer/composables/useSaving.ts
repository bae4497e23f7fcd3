import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'
import { useSettings } from '../stores/settings.ts'

/** Saves a file that the engine makes: where the person says in the app, as a download in a browser. */
export function useSaving() {
  const api = useApi()
  const settings = useSettings()
  const messages = useMessages()

  /** @param make lets the engine make the file, which it then offers under an id */
  const save = async (name: string, make: () => Promise<{ download: string }>): Promise<boolean> =>
    (await messages.attempt(async () => {
      if (settings.info?.mode === 'electron') {
        const { grant } = await api.call('files.pickSave', { name })
        if (grant === null) return false
        const { download } = await make()
        await api.call('files.save', { grant, download })
        return true
      }
      const { download } = await make()
      const link = document.createElement('a')
      link.href = api.download(download)
      link.download = name
      link.click()
      return true
    })) ?? false

  return { save }
}
