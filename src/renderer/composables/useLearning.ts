import { computed, shallowRef } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import type { RetrainedHead } from '../../shared/api/bank.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useDatasets } from '../stores/datasets.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'
import { useSettings } from '../stores/settings.ts'
import { useFormat } from './useFormat.ts'
import { useJobTask, useTask } from './useTask.ts'

/** What a person answered becomes photos of a dataset, and the last layer of the network that asked learns from them. */
export function useLearning() {
  const api = useApi()
  const { t } = useText()
  const { count } = useFormat()
  const datasets = useDatasets()
  const dialogs = useDialogs()
  const jobs = useJobs()
  const messages = useMessages()
  const runs = useRuns()
  const settings = useSettings()
  const adding = useTask({ tell: true, outlives: true })
  const retraining = useJobTask('retrainHead', { tell: true })
  /** The last layer learns each time that photos were added. */
  const always = computed({
    get: () => settings.settings.learnHead,
    set: (learnHead) => void settings.change({ learnHead }).catch(messages.failed),
  })
  /** The dataset that has got photos, so that it is worth learning from it again. */
  const offered = shallowRef<string>()
  const learnt = shallowRef<RetrainedHead>()

  /** The dataset that a run learned from, if it is still known. */
  async function datasetOf(run: string): Promise<string | undefined> {
    const about = await api.call('runs.get', { run }).catch(() => undefined)
    return datasets.all.find(({ folder }) => folder === about?.dataset.folder)?.id
  }

  const rescan = async ({ folder, id: dataset }: DatasetSummary): Promise<void> => {
    await jobs.result('scan', await jobs.start('scan', { folder, dataset }))
    await datasets.reload()
  }

  async function takeBack(filing: string, dataset: DatasetSummary): Promise<void> {
    const { job } = await api.call('filing.undo', { filing })
    await jobs.result('undo', job)
    await rescan(dataset)
    offered.value = undefined
  }

  /** Copies them there after a person has agreed; then the head learns, or it is offered. */
  const add = (classification: string, dataset: DatasetSummary, run: string | undefined) =>
    adding.run(async () => {
      const { folder, layout, name } = dataset
      const plan = await api.call('filing.plan', {
        ...{ classification, only: 'labelled', how: 'copy', clash: 'number' },
        target: layout === 'split-folders' ? `${folder}/train` : folder,
      })
      const told = { n: plan.acts, count: count(plan.acts), dataset: name }
      const isSure = await dialogs.ask({
        title: t('tray.learnTitle', told),
        body: t('tray.learnText', { folder }),
        act: t('tray.learnAct'),
      })
      if (!isSure) return
      const { job } = await api.call('filing.file', { filing: plan.id })
      await jobs.result('file', job)
      messages.told(
        () => t('tray.learnt', told),
        () => takeBack(plan.id, dataset),
      )
      await rescan(dataset)
      offered.value = dataset.id
      if (always.value && run !== undefined) await learnHead(run, dataset.id)
    })

  /** A new run; the former one stays. */
  async function learnHead(run: string, dataset: string): Promise<void> {
    const found = await retraining.start({ run, dataset })
    if (!found) return
    learnt.value = found
    offered.value = undefined
    await runs.reload()
    messages.told(
      () => t('tray.headLearnt'),
      async () => {
        await api.call('runs.remove', { run: found.run })
        await runs.reload()
        learnt.value = undefined
        offered.value = dataset
      },
    )
  }

  return {
    ...{ always, offered, learnt, datasetOf, add, learnHead },
    isAdding: adding.isRunning,
    isLearning: retraining.isRunning,
  }
}
