import type { Child, Part } from './child.ts'

export interface HeartbeatOptions {
  part: Part
  onHang: () => void
  /** Milliseconds between two questions. */
  interval?: number
  /** Milliseconds of silence that are borne by default. */
  silence?: number
}

export interface Watch {
  /** Milliseconds for which the child said last that it may be silent. */
  allowed: () => number
  /** Ends the asking. */
  end: () => void
}

/**
 * Asks a child again and again whether it is there. An op of TensorFlow blocks the trainer for as long as a batch takes, so the
 * child says by itself how long it may be silent (with each answer, and before it goes silent).
 */
export function watch(child: Pick<Child, 'client'>, options: HeartbeatOptions): Watch {
  const { part, onHang, interval = 2000, silence = 20_000 } = options
  let allowed = silence
  let silent = 0
  let asked = false
  let last = performance.now()

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
    const now = performance.now()
    const passed = now - last
    last = now
    // This process itself stood still (a laptop that slept): that is not the child's silence.
    if (passed < 3 * interval) silent += passed
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
