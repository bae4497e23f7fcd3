import { useEventListener } from '@vueuse/core'
import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useClassify } from '../stores/classify.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useMessages } from '../stores/messages.ts'
import { useAddWeights } from './useAddWeights.ts'
import { useDropped } from './useDropped.ts'

/** The ways by which photos come to be classified: dropped, pasted, chosen, taken, opened from outside. */
export function useTakePhotos() {
  const route = useRoute()
  const router = useRouter()
  const store = useClassify()
  const dialogs = useDialogs()
  const messages = useMessages()
  const weights = useAddWeights()
  const { over, pathsOf, sendFiles } = useDropped()

  /** Photos may be here before it is known who can answer. */
  let waiting: string[] | undefined
  watch(
    () => store.model,
    () => {
      const paths = waiting
      waiting = undefined
      if (paths) void take(paths)
    },
  )

  async function take(paths: string[], watching = false): Promise<void> {
    if (paths.length === 0) return
    if (!store.model) {
      waiting = paths
      return
    }
    await messages.attempt(async () => {
      const classification = await store.begin(paths, { watch: watching })
      await router.push({ name: 'classify', params: { classification } })
    })
  }

  // What was opened from outside; the address then is that of its classification.
  watch(
    () => route.query['open'],
    async (asked) => {
      const paths = [asked ?? []].flat().filter((it) => it !== null)
      if (paths.length === 0) return
      try {
        const classification = await store.begin(paths, { byDefault: true })
        await router.replace({ name: 'classify', params: { classification } })
      } catch (error) {
        await router.replace({ name: 'classify' })
        messages.failed(error)
      }
    },
    { immediate: true },
  )

  async function receive(data: DataTransfer | null): Promise<void> {
    if (!data) return
    await messages.attempt(async () => {
      const { added, others } = await weights.addFrom(await pathsOf(data))
      // A weight file answers from now on, what else came with it too.
      const answering = added.findLast(({ network }) => network !== null)
      if (answering) store.model = { file: answering.file, labels: null }
      await take(others)
    })
  }

  useEventListener(document, 'paste', ({ clipboardData }: ClipboardEvent) => {
    if (clipboardData && clipboardData.files.length > 0) void receive(clipboardData)
  })

  return {
    /** Something is held over the page. */
    over,
    receive,
    taken: (photo: File) => messages.attempt(async () => take(await sendFiles([photo]))),
    choose: async (kind: 'photos' | 'folder') => take(await dialogs.pick(kind)),
    watchFolder: async () => take(await dialogs.pick('folder'), true),
  }
}
