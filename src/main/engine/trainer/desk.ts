import type { TrainerState } from '../../../shared/api/runs.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Emit } from '../child/answerParent.ts'
import { idlePatience, unmeasuredPatience } from './patience.ts'
import type { Session } from './session.ts'
import { stateOf } from './session.ts'

/** The trainer has one desk: one piece of work lies on it, and who comes meanwhile is told so. */
export class Desk {
  private readonly emit: Emit
  private session: Session | undefined
  private other: Exclude<TrainerState['work'], 'training' | null> | undefined

  constructor(emit: Emit) {
    this.emit = emit
  }

  get isFree(): boolean {
    return this.session === undefined && this.other === undefined
  }

  get state(): TrainerState {
    if (this.session) return stateOf(this.session)
    return { work: this.other ?? null, run: null, state: null }
  }

  /** Seconds for which silence is no reason to worry. */
  get patience(): number {
    if (this.session) return this.session.patience.seconds
    return this.other ? unmeasuredPatience : idlePatience
  }

  /** @throws ThawError busy */
  requireFree(): void {
    if (!this.isFree) throw new ThawError('busy', { what: 'The trainer' })
  }

  /** Trains. @throws ThawError busy, and what keeps the run from starting */
  async train(begin: () => Session): Promise<string> {
    this.requireFree()
    const session = begin()
    this.session = session
    this.warn()
    void session.ended.finally(() => {
      this.session = undefined
      this.warn()
    })
    return session.started
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

  /** The session of this run. @throws ThawError not-found if it is not being trained */
  sessionOf(run: string): Session {
    if (this.session?.run !== run) throw new ThawError('not-found', { what: 'This run at the trainer' })
    return this.session
  }

  /** Stops what is at work, with a checkpoint. */
  async close(): Promise<void> {
    await this.session?.stop()
  }

  private warn(): void {
    this.emit('trainer.patience', { seconds: this.patience })
  }
}
