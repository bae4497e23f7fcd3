import type { TrainerState } from '../../../shared/api/runs.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Emit } from '../child/answerParent.ts'
import { idleSilence, unmeasuredSilence } from './silence.ts'
import type { ActiveRun } from './activeRun.ts'
import { stateOf } from './activeRun.ts'

/** The trainer has one desk: one piece of work lies on it, and who comes meanwhile is told so. */
export class Desk {
  private readonly emit: Emit
  private active: ActiveRun | undefined
  private other: Exclude<TrainerState['work'], 'training' | null> | undefined

  constructor(emit: Emit) {
    this.emit = emit
  }

  get isFree(): boolean {
    return this.active === undefined && this.other === undefined
  }

  get state(): TrainerState {
    if (this.active) return stateOf(this.active)
    return { work: this.other ?? null, run: null, state: null }
  }

  /** Seconds for which silence is no reason to worry. */
  get silence(): number {
    if (this.active) return this.active.silence.seconds
    return this.other ? unmeasuredSilence : idleSilence
  }

  /** @throws ThawError busy */
  requireFree(): void {
    if (!this.isFree) throw new ThawError('busy', { what: 'the-trainer' })
  }

  /** Trains. @throws ThawError busy, and what keeps the run from starting */
  async train(begin: () => ActiveRun): Promise<string> {
    this.requireFree()
    const active = begin()
    this.active = active
    this.warn()
    void active.ended.finally(() => {
      this.active = undefined
      this.warn()
    })
    return active.started
  }

  /** Does something else than training. @throws ThawError busy, and what `work` throws */
  async do<T>(what: NonNullable<typeof this.other>, work: () => Promise<T>): Promise<T> {
    this.requireFree()
    this.other = what
    this.warn()
    try {
      return await work()
    } finally {
      this.other = undefined
      this.warn()
    }
  }

  /** The run of this id. @throws ThawError not-found if it is not being trained */
  runOf(run: string): ActiveRun {
    if (this.active?.run !== run) throw new ThawError('not-found', { what: 'this-training' })
    return this.active
  }

  /** Stops what is at work, with a checkpoint. */
  async close(): Promise<void> {
    await this.active?.stop()
  }

  private warn(): void {
    this.emit('trainer.silence', { seconds: this.silence })
  }
}
