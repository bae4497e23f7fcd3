import { onUnmounted, shallowRef } from 'vue'
import { restingTop, slowingSpan } from './restingTop.ts'
import type { ScrollSample } from './restingTop.ts'

/** Milliseconds that speed is measured over: few, so that a scroll that runs out is slow before it has ended. */
const span = 75
/** Pixels within them from which on nobody tells one photo from the next: 4,000 a second. A few clicks of a wheel are slower. */
const farEnough = 300
/** Milliseconds without a scroll event after which it has ended. */
const rest = 50
/** Rows that are drawn in one frame after it: of a whole screen at once the first would be late. */
const rowsAFrame = 2
/** Milliseconds of a frame. A page that is late with one draws the rows of those it has missed along with it. */
const frame = 1000 / 60
/** Milliseconds for which pictures in view have the machine to themselves at least before rows are filled that nobody sees yet. */
const head = 300

export interface RowsThere {
  inView: readonly number[]
  /** Made beyond what can be seen, for the next scroll. */
  near: readonly number[]
}

/** Milliseconds: the frame's own time, where it is told. By the clock, a page that is late with a frame would seem to scroll unevenly. */
const frameTime = () => Number((document as Partial<Document>).timeline?.currentTime ?? performance.now())

/**
 * Rows that fly past faster than they can be seen are not drawn in full: a scroll of thousands of pixels a second would make and throw
 * away hundreds of tiles a second, each with its picture. When it ends, the rows that are there then are filled, a few a frame.
 * @param rows places of the rows that are there now
 * @param isWaiting whether pictures in view are still to come
 * @param onResting told where a fast scroll will stand still, as soon as it slows down, and where it does; undefined: all is drawn
 */
export function useFastScroll(
  rows: () => RowsThere,
  isWaiting: () => boolean,
  onResting: (top: number | undefined) => void,
) {
  /** Rows that are drawn in full; undefined: all of them. */
  const full = shallowRef<ReadonlySet<number>>()
  let samples: ScrollSample[] = []
  let resting: ReturnType<typeof setTimeout> | undefined
  let asked = 0
  /** When rows were filled last; undefined: none since the scroll. */
  let filled: number | undefined

  /** Fills a few rows a frame until none is left: first those in view, later those beyond as well. */
  function fill(beyond = false): void {
    asked = 0
    const { inView, near } = rows()
    const emptyOf = (these: readonly number[]) => these.filter((row) => !full.value!.has(row))
    const left = emptyOf(beyond ? [...inView, ...near] : inView)
    if (left.length > 0) {
      const now = frameTime()
      const frames = filled === undefined ? 1 : Math.max(1, Math.round((now - filled) / frame))
      filled = now
      full.value = new Set([...full.value!, ...left.slice(0, frames * rowsAFrame)])
      asked = requestAnimationFrame(() => fill(beyond))
    } else if (beyond) {
      full.value = undefined
      onResting(undefined)
    } else fillBeyond(emptyOf(near).length > 0 ? head : 0)
  }

  /** Fills what nobody sees yet after so many milliseconds, and when what is in view has its pictures. */
  function fillBeyond(milliseconds: number): void {
    clearTimeout(resting)
    resting = setTimeout(() => {
      if (isWaiting()) fillBeyond(rest)
      else fill(true)
    }, milliseconds)
  }

  /** To be called with every scroll event. @param top the place that was scrolled to */
  function scrolled(top: number): void {
    const at = frameTime()
    samples = [...samples.filter((it) => at - it.at <= slowingSpan), { at, top }]
    const lately = samples.filter((it) => at - it.at <= span)
    // A page whose frames take longer than the span still scrolls as fast, and would be slower yet if it drew all that flies past.
    const since = lately.length > 1 ? lately[0]! : (samples.at(-2) ?? lately[0]!)
    const moved = (Math.abs(top - since.top) * span) / Math.max(span, at - since.at)
    if (moved >= farEnough) {
      const settled = restingTop(samples)
      if (settled !== undefined) onResting(settled)
      cancelAnimationFrame(asked)
      asked = 0
      filled = undefined
      full.value ??= new Set([...rows().inView, ...rows().near])
      clearTimeout(resting)
      // In the next frame: of a page that is late with it, the scroll is told of before it is drawn.
      const end = () => {
        onResting(samples.at(-1)!.top)
        fill()
      }
      resting = setTimeout(() => (asked = requestAnimationFrame(end)), rest)
    } else if (full.value) {
      onResting(restingTop(samples) ?? top)
      // Where it runs out, what is in view now is hardly left any more.
      if (asked === 0) fill()
    }
  }

  onUnmounted(() => {
    clearTimeout(resting)
    cancelAnimationFrame(asked)
  })

  return { scrolled, isFull: (row: number) => full.value?.has(row) ?? true }
}
