import { useEventListener } from '@vueuse/core'
import { useMessages } from '../stores/messages.ts'
import { useDropped } from './useDropped.ts'

/** What is dropped where no room takes it is given on; the page itself would be left for it otherwise. */
export function useDropAnywhere(take: (paths: string[]) => void): void {
  const messages = useMessages()
  const { pathsOf } = useDropped()

  async function receive(data: DataTransfer): Promise<void> {
    await messages.attempt(async () => {
      const paths = await pathsOf(data)
      if (paths.length > 0) take(paths)
    })
  }

  useEventListener(document, 'dragover', (event: DragEvent) => event.preventDefault())
  useEventListener(document, 'drop', (event: DragEvent) => {
    // A room that takes it has said so.
    if (event.defaultPrevented) return
    event.preventDefault()
    if (event.dataTransfer?.types.includes('Files') === true) void receive(event.dataTransfer)
  })
}
