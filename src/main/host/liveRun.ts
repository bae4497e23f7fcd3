import type { TrainerState } from '../../shared/api/runs.ts'
import type { InnerClient } from './child.ts'

const idle: TrainerState = { work: null, run: null, state: null }

/** What the trainer is doing, told from its events: known here even while an op blocks it or after it has crashed. */
export class LiveRun {
  private current = idle
  private readonly listeners: ((state: TrainerState) => void)[] = []

  get state(): TrainerState {
    return this.current
  }

  onChange(listener: (state: TrainerState) => void): void {
    this.listeners.push(listener)
  }

  follow(client: InnerClient): void {
    client.on('run.state', ({ run, state }) =>
      this.set(state === 'running' || state === 'paused' ? { work: 'training', run, state } : idle),
    )
  }

  /** The run that was being trained when its trainer went, if there was one. Told once. */
  orphaned(): string | undefined {
    const run = this.current.run ?? undefined
    if (run !== undefined) this.set(idle)
    return run
  }

  private set(state: TrainerState): void {
    this.current = state
    for (const listener of this.listeners) listener(state)
  }
}
