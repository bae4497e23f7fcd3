import { readFileSync } from 'node:fs'

/**
 * Milliseconds for which a process's first thread has been ready to run while no processor was free for it, since it began. Only Linux
 * tells; elsewhere, and for a process that is gone, 0.
 */
export function waitedForProcessor(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return 0
  try {
    const waited = Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1])
    return Number.isFinite(waited) ? waited / 1e6 : 0
  } catch {
    return 0
  }
}

/**
 * A clock of a child's own time, read every `interval` milliseconds: what the machine withheld does not count, so that a child that is
 * starved is not taken for one that hangs. Withheld is what the child waited for a processor, and by how much this very process came
 * too late to read the clock – because others had the processor, or because a laptop slept.
 */
export class ChildClock {
  private readonly interval: number
  private readonly waited: () => number
  private last = performance.now()
  private lastWaited: number

  constructor(interval: number, waited: () => number) {
    this.interval = interval
    this.waited = waited
    this.lastWaited = waited()
  }

  /** Milliseconds since it was asked last in which the child could have done something. */
  passed(): number {
    const [now, waited] = [performance.now(), this.waited()]
    const passed = now - this.last
    const withheld = Math.max(passed - this.interval, waited - this.lastWaited)
    this.last = now
    this.lastWaited = waited
    return Math.max(0, passed - Math.max(0, withheld))
  }
}

/** Calls `over` once the child has had `limit` milliseconds. @returns what ends the waiting */
export function within(limit: number, waited: () => number, over: () => void): () => void {
  const interval = Math.min(1000, limit)
  const clock = new ChildClock(interval, waited)
  let had = 0
  const timer = setInterval(() => {
    had += clock.passed()
    if (had < limit) return
    clearInterval(timer)
    over()
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}
