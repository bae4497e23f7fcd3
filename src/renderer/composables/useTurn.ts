import { onMounted, onUnmounted, ref } from 'vue'
import type { Ref } from 'vue'

/** In the order in which they came. */
const waiting = new Set<() => void>()

function next(): void {
  const [first] = waiting
  if (!first) return
  waiting.delete(first)
  first()
  if (waiting.size > 0) setTimeout(next)
}

/**
 * Whether a component may draw what takes long, a chart say: those that are mounted together do so one after the other, each in a task of
 * its own. A room with eight charts would not answer before the last of them was there.
 */
export function useTurn(): Readonly<Ref<boolean>> {
  const hasTurn = ref(false)
  const take = () => void (hasTurn.value = true)
  onMounted(() => {
    waiting.add(take)
    if (waiting.size === 1) setTimeout(next)
  })
  onUnmounted(() => waiting.delete(take))
  return hasTurn
}
