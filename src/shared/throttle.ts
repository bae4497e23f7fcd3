/** Between two frames of progress: ten a second are smooth to the eye and cheap on every wire. */
export const progressInterval = 100

export interface Throttled<T> {
  push: (item: T) => void
  /** Sends at once what waits. */
  flush: () => void
  /** Forgets what waits. */
  stop: () => void
}

/**
 * Sends the first item at once, and what comes within `interval` milliseconds after it together: merged by `merge`, by default
 * the latest alone.
 */
export function throttled<T>(
  send: (item: T) => void,
  merge: (waiting: T, next: T) => T = (_, next) => next,
  interval = progressInterval,
): Throttled<T> {
  let waiting: { item: T } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    const last = waiting
    waiting = undefined
    if (last) send(last.item)
  }
  const tick = () => {
    timer = undefined
    if (!waiting) return
    timer = setTimeout(tick, interval)
    flush()
  }
  return {
    push: (item) => {
      waiting = { item: waiting ? merge(waiting.item, item) : item }
      if (timer !== undefined) return
      timer = setTimeout(tick, interval)
      flush()
    },
    flush,
    stop: () => {
      clearTimeout(timer)
      timer = undefined
      waiting = undefined
    },
  }
}
