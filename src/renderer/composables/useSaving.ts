import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'
import { useSettings } from '../stores/settings.ts'

/** Saves a file that the engine makes: where the person says in the app, as a download in a browser. */
export function useSaving() {
  const api = useApi()
  const settings = useSettings()
  const messages = useMessages()

  /** @param make is given the place, or undefined if the result is to be downloaded */
  async function save(
    name: string,
    make: (file: string | undefined) => Promise<{ file: string; download: string | null }>,
  ): Promise<boolean> {
    try {
      if (settings.info?.mode === 'electron') {
        const { path } = await api.call('files.pickSave', { name })
        if (path === null) return false
        await make(path)
        return true
      }
      const { download } = await make(undefined)
      if (download === null) return false
      const link = document.createElement('a')
      link.href = api.download(download)
      link.download = name
      link.click()
      return true
    } catch (error) {
      messages.failed(error)
      return false
    }
  }

  return { save }
}
