import { datasetOfRun, originOfSummary } from '../../shared/belonging.ts'
import { computed, shallowRef } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import type { RetrainedHead } from '../../shared/api/bank.ts'
import type { FilingSummary, LeftPhoto } from '../../shared/api/filing.ts'
import { ThawError } from '../../shared/errors.ts'
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

/** A photo that a person gave a class. */
export interface AnsweredPhoto {
  index: number
  answer: string
  /** Where it is now. */
  path: string
}

/** Why a photo stays that is in the dataset already. */
const isThere: ReadonlySet<string> = new Set(['filing.same-there', 'filing.there-already'])
/** As many photos that stay are looked at as a call gives. */
const mostLeft = 1000

const keyOf = ({ index, answer }: AnsweredPhoto): string => `${index} ${answer}`

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
  /** By dataset, what is known to be in it. */
  const there = shallowRef<ReadonlyMap<string, ReadonlySet<string>>>(new Map())

  /** Those of the photos that are not known to be in the dataset already. */
  const notIn = (dataset: string, photos: readonly AnsweredPhoto[]): readonly AnsweredPhoto[] =>
    photos.filter((photo) => !there.value.get(dataset)?.has(keyOf(photo)))

  function know(dataset: string, photos: readonly AnsweredPhoto[]): void {
    const known = new Set([...(there.value.get(dataset) ?? []), ...photos.map(keyOf)])
    there.value = new Map(there.value).set(dataset, known)
  }

  function forget(dataset: string): void {
    const others = new Map(there.value)
    others.delete(dataset)
    there.value = others
  }

  /** The dataset that a run learned from, if it is still known. */
  async function datasetOf(run: string): Promise<string | undefined> {
    const about = await api.call('runs.get', { run }).catch(() => undefined)
    return about && datasetOfRun(originOfSummary(about.summary), datasets.all)?.id
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
    forget(dataset.id)
  }

  const planFor = (classification: string, { folder, layout }: DatasetSummary) =>
    api.call('filing.plan', {
      ...{ classification, only: 'labelled', how: 'copy', clash: 'number' },
      target: layout === 'split-folders' ? `${folder}/train` : folder,
    })

  /** Photos that a list leaves for another reason than that they are there. */
  async function refused({ id: filing, left: some }: FilingSummary): Promise<readonly LeftPhoto[]> {
    if (some === 0) return []
    const { left } = await api.call('filing.left', { filing, limit: mostLeft })
    return left.filter(({ code }) => !isThere.has(code))
  }

  /** Copies photos that a person answered there after she has agreed; then the head learns, or it is offered. */
  const add = (
    { classification, run }: { classification: string; run: string | undefined },
    dataset: DatasetSummary,
    photos: readonly AnsweredPhoto[],
  ) =>
    adding.run(async () => {
      const { id, folder, name } = dataset
      const plan = await planFor(classification, dataset)
      const staying = await refused(plan)
      const staysAt = new Set(staying.map(({ file }) => file))
      const going = photos.filter(({ path }) => !staysAt.has(path))
      if (plan.acts === 0) {
        know(id, going)
        const [first] = staying
        if (first) throw new ThawError(first.code, first.parameters)
        messages.told(() => t('tray.learntAlready', { dataset: name }))
        return
      }
      const told = (n: number) => ({ n, count: count(n), dataset: name })
      const isSure = await dialogs.ask({
        title: t('tray.learnTitle', told(plan.acts)),
        body: t('tray.learnText', { folder }),
        act: t('tray.learnAct'),
      })
      if (!isSure) return
      const { job } = await api.call('filing.file', { filing: plan.id })
      const { done } = await jobs.result('file', job)
      messages.told(
        () => t('tray.learnt', told(done)),
        () => takeBack(plan.id, dataset),
      )
      if (done === plan.acts) know(id, going)
      await rescan(dataset)
      offered.value = id
      if (always.value && run !== undefined) await learnHead(run, id)
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
    ...{ always, offered, learnt, datasetOf, notIn, add, learnHead },
    isAdding: adding.isRunning,
    isLearning: retraining.isRunning,
  }
}
