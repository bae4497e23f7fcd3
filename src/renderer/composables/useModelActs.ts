import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import type { WeightsEntry } from '../../shared/api/models.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useClassify } from '../stores/classify.ts'
import { useDraft } from '../stores/draft.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useModels } from '../stores/models.ts'
import { useRunWords } from './useRunWords.ts'
import { useTask } from './useTask.ts'

/** What a person can do with weights in the list of models. */
export function useModelActs() {
  const api = useApi()
  const router = useRouter()
  const { t } = useText()
  const { lastPart } = useRunWords()
  const models = useModels()
  const messages = useMessages()
  const jobs = useJobs()
  const draft = useDraft()
  const classify = useClassify()

  const { run, error } = useTask<unknown>({ outlives: true })
  async function guarded(work: () => Promise<unknown>): Promise<void> {
    await run(work)
    await models.reload()
  }

  /** What is known here of networks and files, read when it is asked for. */
  const speeds = shallowRef<Readonly<Record<string, number>>>({})
  const uses = shallowRef<ReadonlyMap<string, readonly { run: string; name: string }[]>>(new Map())
  async function learn(): Promise<void> {
    const about = await api.call('models.about', {})
    speeds.value = about.speeds
    uses.value = new Map(about.uses.map(({ file, runs }) => [file, runs]))
  }

  const measuring = ref<string>()
  async function measure(network: string): Promise<void> {
    measuring.value = network
    await messages.attempt(async () => {
      await jobs.result('speed', await jobs.start('speed', { network }, network))
      await learn()
    })
    measuring.value = undefined
  }

  async function trainWith({ network, source, file }: WeightsEntry): Promise<void> {
    draft.chooseNetwork(network!, source === 'own' ? file : null)
    await router.push({ name: 'train-network' })
  }

  async function classifyWith({ network, source, file }: WeightsEntry): Promise<void> {
    classify.model =
      source === 'own'
        ? { file, labels: null }
        : { backbone: network!, weights: source === 'starter' ? null : file, labels: null }
    await router.push({ name: 'classify' })
  }

  /** With Undo: what lay in the data folder is in the trash, any other file has only left the list. */
  const remove = ({ id, source, file }: WeightsEntry) =>
    guarded(async () => {
      await api.call('models.remove', { id })
      const isOwn = source === 'own'
      messages.told(
        () => t(isOwn ? 'models.forgotten' : 'models.removed', { name: lastPart(file) }),
        () => guarded(() => api.call('models.restore', { id })),
      )
    })

  return { error, guarded, speeds, uses, learn, measuring, measure, trainWith, classifyWith, remove }
}
