import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { RetrainedHead } from '../../shared/api/bank.ts'
import type { EvaluateInput, Evaluation } from '../../shared/api/evaluation.ts'
import type { ActSummary } from '../../shared/decisions.ts'
import { plainError, ThawError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useJobTask } from '../composables/useTask.ts'
import { useDatasets } from './datasets.ts'
import { useMessages } from './messages.ts'

export type LoopAct = { type: 'label'; classes: string[] } | { type: 'leaveOut'; out: boolean }

/** A part of the run's own photos, or of another dataset's with the same classes. */
export type AskedPhotos = Required<Pick<EvaluateInput, 'part'>> & Pick<EvaluateInput, 'dataset'>

const isSame = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b)

/** Something that was decided here about a run's photos. */
export interface Change {
  /** Whose journal has the entry: photos of several datasets may be looked at in turn. */
  dataset: string
  entry: number
  what: ActSummary
  photos: string[]
}

/**
 * The loop of correction of one run: what it answers, what was mended, and what the head that was learnt again answers instead.
 * It stays while the person walks through the run's pages.
 */
export const useRunLoop = defineStore('runLoop', () => {
  const api = useApi()
  const datasets = useDatasets()
  const messages = useMessages()
  const evaluating = useJobTask('evaluate', { tell: true })
  const retraining = useJobTask('retrainHead', { tell: true })

  const run = ref('')
  /** Which photos are looked at: the validation part, unless another was asked for. */
  const of = shallowRef<AskedPhotos>({ part: 'val' })
  /** null: nobody has asked for it yet. */
  const evaluation = shallowRef<Evaluation | null>()
  const changes = shallowRef<readonly Change[]>([])
  const retrained = shallowRef<RetrainedHead>()
  /** Whether the head is learnt again after each act. */
  const learns = ref(false)
  /** Grows with everything that changes what lists of photos show. */
  const version = ref(0)
  /** The run that was made by learning again and that nobody has said to keep. */
  const unkept = ref<string>()
  /** The run that the trainer was made ready for. */
  let warm: string | undefined
  /** Acts that came while it was learning. */
  let isBehind = false
  /** How often all was taken back: what was being learnt then is nobody's any more. */
  let forgotten = 0
  let isUndoing = false

  const isAnswered = () => evaluation.value != null
  const asked = () => ({ run: run.value, ...of.value })

  async function read(): Promise<void> {
    const own = asked()
    const found = await api.call('evaluations.get', own)
    if (isSame(own, asked())) evaluation.value = found.evaluation
    version.value += 1
  }

  // Its temperature may have been stored or taken away in another window, and its photos answered anew.
  api.on('runs.changed', () => {
    if (isAnswered() && !evaluating.isRunning.value) void read().catch(() => undefined)
  })

  /** Lets the run answer these photos anew. */
  async function evaluate(): Promise<void> {
    const own = asked()
    const done = await evaluating.start(own)
    if (done && isSame(own, asked())) await read().catch(messages.failed)
  }

  /** Whoever looks at photos may mend one: the first head is then learnt as fast as the next. */
  async function makeReady(id: string): Promise<void> {
    const known = evaluation.value
    if (warm === id || run.value !== id || !known?.dataset) return
    warm = id
    // It only saves time: where it fails, learning says why.
    await api.call('runs.warmUp', { run: id }).catch(() => undefined)
  }

  /** Turns to a run and some photos. @param wanted whether it is let answer them where it has not yet */
  async function open(id: string, wanted: boolean, photos: AskedPhotos = { part: 'val' }): Promise<void> {
    if (run.value !== id) {
      run.value = id
      changes.value = []
      retrained.value = undefined
      unkept.value = undefined
    } else if (isSame(of.value, photos) && (isAnswered() || !wanted)) return
    of.value = photos
    evaluation.value = undefined
    evaluating.clear()
    await messages.attempt(async () => {
      await read()
      if (wanted && !isAnswered() && !evaluating.isRunning.value) await evaluate()
      await makeReady(id)
    })
  }

  /** Learns the head again from the labels of now. What is not kept gives way to it. */
  async function retrain(): Promise<void> {
    const dataset = changes.value.at(-1)?.dataset ?? evaluation.value?.dataset
    if (!dataset) return
    if (retraining.isRunning.value) {
      isBehind = true
      return
    }
    const id = run.value
    const own = forgotten
    const found = await retraining.start({
      ...{ run: id, dataset },
      ...(unkept.value !== undefined && { replaces: unkept.value }),
    })
    if (found && own !== forgotten) await discard(found.run)
    else if (found && id === run.value) {
      retrained.value = found
      unkept.value = found.run
      version.value += 1
    }
    if (!isBehind) return
    isBehind = false
    await retrain()
  }

  const afterAct = async (): Promise<void> => {
    version.value += 1
    if (learns.value) await retrain()
  }

  /** Enters an act in the dataset's journal, and learns where that is wanted. @throws ThawError as `datasets.decide` */
  async function decide(photos: readonly string[], act: LoopAct): Promise<Change | undefined> {
    const dataset = evaluation.value?.dataset
    if (!dataset || photos.length === 0) return undefined
    const { entry, summary } = await api.call('datasets.decide', { dataset, photos: [...photos], act })
    const change = { dataset, entry, what: summary, photos: [...photos] }
    changes.value = [...changes.value, change]
    void afterAct()
    return change
  }

  /** These acts hold no more. */
  async function without(gone: readonly Change[]): Promise<void> {
    const left = changes.value.filter((change) => !gone.includes(change))
    if (left.length === changes.value.length) return
    changes.value = left
    if (left.length > 0) void afterAct()
    else await forget()
  }

  /**
   * Takes back what was decided here, one act or all, and learns once. What others decided about the dataset meanwhile stays.
   * @param which this act; else the last one, or all
   * @returns how many acts were taken back
   * @throws ThawError as `datasets.undo`
   */
  async function undo(which: Change | 'last' | 'all' = 'last'): Promise<number> {
    const own = changes.value.toReversed()
    const wanted =
      which === 'all' ? own : which === 'last' ? own.slice(0, 1) : own.filter((it) => it === which)
    const gone: Change[] = []
    isUndoing = true
    try {
      for (const change of wanted) {
        const { dataset, entry } = change
        await api.call('datasets.undo', { dataset, entry })
        gone.push(change)
      }
    } finally {
      isUndoing = false
      await without(gone)
    }
    return gone.length
  }

  /** Another tab or the photo room may have taken back what was decided here. */
  async function look(): Promise<void> {
    const id = run.value
    if (isUndoing) return
    const gone: Change[] = []
    for (const dataset of new Set(changes.value.map((it) => it.dataset))) {
      const { items } = await api.call('datasets.history', { dataset, limit: 500 })
      const undone = new Set(items.filter(({ holds }) => !holds).map(({ entry }) => entry))
      gone.push(...changes.value.filter((it) => it.dataset === dataset && undone.has(it.entry)))
    }
    if (id === run.value) await without(gone)
  }
  onScopeDispose(api.on('datasets.changed', () => void look().catch(messages.failed)))
  // Its photos may have been taken off the list, or brought back.
  watch(
    () => datasets.ids,
    () => {
      const isThere = datasets.all.some(({ id }) => id === evaluation.value?.dataset)
      if (isAnswered() && !isThere) void read().catch(messages.failed)
    },
  )

  /** Nothing is mended any more: the head that was learnt from it goes, unless it was kept. */
  async function forget(): Promise<void> {
    const gone = unkept.value
    unkept.value = undefined
    retrained.value = undefined
    version.value += 1
    forgotten += 1
    isBehind = false
    if (retraining.isRunning.value) await retraining.cancel()
    if (gone !== undefined) await discard(gone)
  }

  /** Into the trash with a head that nobody kept, unless the one that was learnt after it has replaced it already. */
  async function discard(head: string): Promise<void> {
    await api.call('runs.remove', { run: head }).catch((error: unknown) => {
      if (plainError(error).code !== 'run.missing') throw error
    })
  }

  watch(learns, (on) => {
    if (on && changes.value.length > 0) void retrain()
  })

  return {
    ...{ run, of, evaluation, changes, retrained, learns, version },
    isEvaluating: evaluating.isRunning,
    progress: computed(() => evaluating.job.value?.progress ?? undefined),
    evaluationError: computed(
      () =>
        evaluating.error.value ??
        (evaluating.isCancelled.value ? plainError(new ThawError('cancelled')) : undefined),
    ),
    isRetraining: retraining.isRunning,
    ...{ open, evaluate, read, decide, undo, retrain },
    /** The run that was learnt last stays, whatever is learnt after it. */
    keep: () => (unkept.value = undefined),
    isKept: computed(() => unkept.value === undefined),
  }
})
