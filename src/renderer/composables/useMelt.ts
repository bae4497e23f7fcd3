import { computed, ref, shallowRef, watch } from 'vue'
import { planTreeOf } from '../../shared/model/planTree.ts'
import { walk } from '../../shared/model/tree.ts'
import type { MeltAnswer } from '../../shared/api/melt.ts'
import { nodeMovement } from '../../shared/model/melt.ts'
import type { Shares, TensorMovement } from '../../shared/model/melt.ts'
import type { Network } from '../../shared/model/spec.ts'
import { useApi } from '../api.ts'
import { useTask } from './useTask.ts'

/** Milliseconds without a move of a slider after which the network is asked. */
const pause = 150

/** How far a run's layers have moved, and what it answers with less of it kept. */
export function useMelt(run: () => string, network: () => Network | undefined) {
  const api = useApi()
  const moving = useTask<TensorMovement[]>()
  const answering = useTask<MeltAnswer>()
  /** The newest there is; it stays in view until the next one is there. */
  const answer = shallowRef<MeltAnswer>()
  const shares = ref<Shares>({})
  let timer: ReturnType<typeof setTimeout> | undefined

  const movement = computed(() => {
    const [its, tensors] = [network(), moving.value.value]
    return its && tensors ? nodeMovement(its, tensors) : undefined
  })

  const look = () =>
    moving.run(async (signal) => (await api.call('runs.movement', { run: run() }, { signal })).tensors)
  watch(
    run,
    () => {
      shares.value = {}
      answer.value = undefined
      void look()
    },
    { immediate: true },
  )

  /** What holds at a node: its own share, or the nearest one's above it. */
  function shareAt(id: string): number {
    const its = network()
    if (!its) return 1
    const { parents } = planTreeOf(its)
    for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) {
      const share = shares.value[at]
      if (share !== undefined) return share
    }
    return 1
  }

  /** Holds for the node and all below it. */
  function keep(id: string, share: number): void {
    const its = network()
    if (!its) return
    const below = new Set(Array.from(walk(planTreeOf(its).nodes.get(id)!), (node) => node.id))
    const others = Object.entries(shares.value).filter(([node]) => !below.has(node))
    shares.value = { ...Object.fromEntries(others), [id]: share }
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), pause)
  }

  async function ask(): Promise<void> {
    const found = await answering.run((signal) =>
      api.call('runs.melt', { run: run(), shares: shares.value }, { signal }),
    )
    if (found) answer.value = found
  }

  function reset(): void {
    clearTimeout(timer)
    shares.value = {}
    answer.value = undefined
    void answering.stop()
  }

  return { moving, movement, look, shares, shareAt, keep, answering, answer, ask, reset }
}
