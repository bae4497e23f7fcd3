import { setTimeout as later } from 'node:timers/promises'
import type { TrainerState } from '../../../shared/api/runs.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Emit } from '../child/answerParent.ts'
import { idleSilence, unmeasuredSilence } from './silence.ts'
import type { ActiveRun } from './activeRun.ts'
import { stateOf } from './activeRun.ts'
import { Turns } from './turns.ts'

type Other = Exclude<TrainerState['work'], 'training' | null>

/** What a piece of work beside a training needs to know and to tell. */
export interface Beside {
  /** Bytes that it will take. */
  needs: number
  signal: AbortSignal
  /** Told when it has to wait for memory, and when it need not any more. */
  onCrowded?: (crowded: boolean) => void
}

/** Milliseconds until memory that was not there is looked for again. */
const secondLook = 2000

/** The trainer has one desk: one training lies on it, and beside it one piece of other work, which takes turns with it. */
export class Desk {
  readonly turns = new Turns()
  private readonly emit: Emit
  private readonly available: () => Promise<number>
  private active: ActiveRun | undefined
  private other: { what: Other; ended: Promise<unknown> } | undefined
  /** This process ends: what stops now was not cancelled by anybody. */
  isClosing = false

  /** @param available bytes that are free beside what is at work */
  constructor(emit: Emit, available: () => Promise<number>) {
    this.emit = emit
    this.available = available
  }

  get isFree(): boolean {
    return this.active === undefined && this.other === undefined
  }

  /** Seconds for which silence is no reason to worry. */
  get silence(): number {
    return Math.max(
      idleSilence,
      this.active?.silence.seconds ?? 0,
      this.other === undefined ? 0 : unmeasuredSilence,
    )
  }

  /** @throws ThawError busy */
  requireFree(): void {
    if (!this.isFree) throw new ThawError('busy', { what: 'the-trainer' })
  }

  /** Resolves when no training lies here any more. */
  async trained(): Promise<void> {
    while (this.active) await this.active.ended
  }

  /** Begins to train. @throws ThawError busy */
  train(begin: () => ActiveRun): ActiveRun {
    if (this.active) throw new ThawError('busy', { what: 'the-trainer' })
    const active = begin()
    this.active = active
    this.tell()
    void active.ended.finally(() => {
      this.active = undefined
      this.tell()
    })
    return active
  }

  /**
   * Does something else than training, one thing at a time. Its turn is its own from beginning to end, unless `work` lets others
   * have theirs between two batches.
   * @throws ThawError cancelled, and what `work` throws
   */
  async beside<T>(what: Other, beside: Beside, work: (turns: Turns) => Promise<T>): Promise<T> {
    while (this.other) await this.other.ended.catch(() => undefined)
    const ended = this.inTurn(beside, work)
    this.other = { what, ended }
    this.tell()
    try {
      return await ended
    } finally {
      this.other = undefined
      this.tell()
    }
  }

  /** The run of this id. @throws ThawError not-found if it is not being trained */
  runOf(run: string): ActiveRun {
    if (this.active?.run !== run) throw new ThawError('not-found', { what: 'this-training' })
    return this.active
  }

  /** Stops what is at work, with a checkpoint. */
  async close(): Promise<void> {
    this.isClosing = true
    await this.active?.stop()
  }

  private async inTurn<T>(beside: Beside, work: (turns: Turns) => Promise<T>): Promise<T> {
    await this.room(beside)
    await this.turns.take()
    try {
      return await work(this.turns)
    } finally {
      this.turns.give()
    }
  }

  /** Waits until there is memory enough, or no training that takes it. */
  private async room({ needs, signal, onCrowded }: Beside): Promise<void> {
    let isCrowded = false
    while (this.active && (await this.available()) < needs) {
      if (!isCrowded) onCrowded?.(true)
      isCrowded = true
      await Promise.race([this.active.ended, later(secondLook)])
      if (signal.aborted) throw new ThawError('cancelled')
    }
    if (isCrowded) onCrowded?.(false)
  }

  /** Before an op blocks this process: what it does, and how long it may be silent. */
  private tell(): void {
    const other = { work: this.other?.what ?? null, run: null, state: null }
    this.emit('trainer.state', this.active ? stateOf(this.active) : other)
    this.emit('trainer.silence', { seconds: this.silence })
  }
}
