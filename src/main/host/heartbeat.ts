import type { Child, Part } from './child.ts'
import { ChildClock, waitedForProcessor } from './childClock.ts'

export interface HeartbeatOptions {
  part: Part
  onHang: () => void
  /** Milliseconds between two questions. */
  interval?: number
  /** Milliseconds of silence that are borne by default. */
  silence?: number
  /** Milliseconds for which the child has waited for a processor. */
  waited?: () => number
}

export interface Watch {
  /** Milliseconds for which the child said last that it may be silent. */
  allowed: () => number
  /** Ends the asking. */
  end: () => void
}

/**
 * Asks a child again and again whether it is there. An op of TensorFlow blocks the trainer for as long as a batch takes, so the
 * child says by itself how long it may be silent (with each answer, and before it goes silent). Silence is counted in the child's own
 * time: on a machine that has no processor for it, it may take long to answer, and is not hung.
 */
export function watch(child: Pick<Child, 'client' | 'pid'>, options: HeartbeatOptions): Watch {
  const { part, onHang, interval = 2000, silence = 20_000 } = options
  const { waited = () => waitedForProcessor(child.pid) } = options
  let allowed = silence
  let silent = 0
  let asked = false
  const clock = new ChildClock(interval, waited)

  const off = child.client.on('trainer.silence', ({ seconds }) => {
    allowed = Math.max(silence, seconds * 1000)
  })

  const ask = async () => {
    asked = true
    const { silence: seconds } = await child.client.call(`${part}.ping`, {})
    allowed = Math.max(silence, seconds * 1000)
    silent = 0
    asked = false
  }

  const timer = setInterval(() => {
    silent += clock.passed()
    if (asked && silent > allowed) onHang()
    // A child that is gone answers with an error; its end is noticed elsewhere.
    else if (!asked) ask().catch(() => undefined)
  }, interval)
  timer.unref()

  return {
    allowed: () => allowed,
    end: () => {
      clearInterval(timer)
      off()
    },
  }
}
