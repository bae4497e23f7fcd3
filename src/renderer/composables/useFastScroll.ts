import { onUnmounted, shallowRef } from 'vue'

/** Milliseconds that speed is measured over. */
const span = 150
/** Pixels within them from which on nobody tells one photo from the next: 4,000 a second. A few clicks of a wheel are slower. */
const farEnough = 600
/** Milliseconds without a scroll event after which it has ended. */
const rest = 50
/** Rows that are drawn in one frame after it: of a whole screen at once the first would be late. */
const rowsAFrame = 2

/**
 * Rows that fly past faster than they can be seen are not drawn in full: a scroll of thousands of pixels a second would make and throw
 * away hundreds of tiles a second, each with its picture. When it ends, the rows that are there then are filled, a few a frame.
 * @param rows places of the rows that are there now, those in view first
 */
export function useFastScroll(rows: () => readonly number[]) {
  /** Rows that are drawn in full; undefined: all of them. */
  const full = shallowRef<ReadonlySet<number>>()
  let samples: { at: number; top: number }[] = []
  let resting: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  function fill(): void {
    asked = 0
    const left = rows().filter((row) => !full.value!.has(row))
    full.value = left.length === 0 ? undefined : new Set([...full.value!, ...left.slice(0, rowsAFrame)])
    if (full.value) asked = requestAnimationFrame(fill)
  }

  /** To be called with every scroll event. @param top the place that was scrolled to */
  function scrolled(top: number): void {
    const at = performance.now()
    samples = [...samples.filter((it) => at - it.at <= span), { at, top }]
    if (Math.abs(top - samples[0]!.top) >= farEnough) {
      cancelAnimationFrame(asked)
      full.value ??= new Set(rows())
    }
    if (!full.value) return
    clearTimeout(resting)
    resting = setTimeout(() => {
      samples = []
      fill()
    }, rest)
  }

  onUnmounted(() => {
    clearTimeout(resting)
    cancelAnimationFrame(asked)
  })

  return { scrolled, isFull: (row: number) => full.value?.has(row) ?? true }
}
