import type { PlanChoice } from '../../../shared/config.ts'
import type { TrainerState } from '../../../shared/api/runs.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import type { RunEvent, RunState } from '../../../shared/run.ts'
import { throttled } from '../../../shared/throttle.ts'
import { eventCount } from '../store/runFolder.ts'
import { changePlan } from '../training/stageChange.ts'
import type { Emit } from '../child/answerParent.ts'
import type { Interruptible } from './engine.ts'
import { AllowedSilence } from './silence.ts'
import type { Turns } from './turns.ts'

type Begin = (control: Interruptible) => AsyncIterable<RunEvent>

export interface ActiveRunOptions {
  emit: Emit
  /** Taken for as long as it trains, and passed on after each event, since between events nothing is half computed. */
  turns: Turns
  onEvent?: (event: RunEvent) => void
  /** Told when somebody wants it to end with the epoch in hand, or not any more. */
  onStopAfterEpoch?: (stop: boolean) => void
}

/** One run being trained: from its first event to its last. */
export class ActiveRun {
  readonly controller = new AbortController()
  /** Resolves with the run's id once it has a folder; rejects if it fails before. */
  readonly started: Promise<string>
  /** Resolves when nothing more will happen. */
  readonly ended: Promise<void>
  readonly silence = new AllowedSilence()
  run: string | undefined
  state: RunState = 'running'
  /** Why it failed; undefined while it has not. */
  failure: Error | undefined
  private readonly emit: Emit
  private readonly turns: Turns
  private readonly onEvent: (event: RunEvent) => void
  private readonly onStopAfterEpoch: (stop: boolean) => void
  private paused: PromiseWithResolvers<undefined> | undefined
  /** Resolves when the loop waits between two batches: from then on nothing of the run moves. */
  private held: PromiseWithResolvers<undefined> | undefined
  private isLastEpoch = false
  private folder = ''
  /** The epoch that is being trained. */
  private epoch = 0

  constructor(options: ActiveRunOptions, begin: Begin) {
    const { emit, turns, onEvent = () => undefined, onStopAfterEpoch = () => undefined } = options
    this.emit = emit
    this.turns = turns
    this.onEvent = onEvent
    this.onStopAfterEpoch = onStopAfterEpoch
    const started = Promise.withResolvers<string>()
    this.started = started.promise
    this.ended = this.follow(begin, started)
    // A failure before the run began is the caller's, who asks for `started`.
    this.started.catch(() => undefined)
  }

  get isPaused(): boolean {
    return this.paused !== undefined
  }

  pause(): void {
    if (this.paused) return
    this.paused = Promise.withResolvers<undefined>()
    this.held = Promise.withResolvers<undefined>()
    this.tell('paused')
  }

  goOn(): void {
    if (!this.paused) return
    this.paused.resolve(undefined)
    this.paused = undefined
    this.tell('running')
  }

  /** Stops with the end of the epoch in hand, or goes on after it. */
  stopAfterEpoch(stop: boolean): void {
    this.isLastEpoch = stop
    this.onStopAfterEpoch(stop)
  }

  /**
   * Another plan from the next epoch on.
   * @returns the epoch that it begins with
   * @throws ThawError refused unless it is paused, plan.invalid, disk.full
   */
  async change(plan: PlanChoice): Promise<number> {
    if (!this.paused || !this.held) throw new ThawError('refused', { what: 'a-run-not-paused' })
    await Promise.race([this.held.promise, this.ended])
    return changePlan(this.folder, this.epoch, plan)
  }

  async stop(): Promise<void> {
    this.controller.abort()
    this.paused?.resolve(undefined)
    await this.ended
  }

  private tell(state: RunState, error?: unknown): void {
    this.state = state
    this.emit('trainer.state', stateOf(this))
    if (this.run === undefined) return
    const why = error === undefined ? null : plainError(error)
    this.emit('run.state', { run: this.run, state, why })
    this.emit('runs.changed', {})
  }

  private async follow(begin: Begin, started: PromiseWithResolvers<string>): Promise<void> {
    let next = 0
    const sender = throttled<RunEvent[]>(
      (events) => {
        this.emit('run.events', { run: this.run!, from: next, events })
        next += events.length
      },
      (waiting, more) => [...waiting, ...more],
    )
    const early: RunEvent[] = []
    let end: RunState = 'interrupted'
    await this.turns.take()
    try {
      const shouldPause = () => {
        const { paused, held } = this
        if (!paused) return undefined
        return () => {
          held?.resolve(undefined)
          return this.turns.away(paused.promise)
        }
      }
      const shouldStop = () => this.isLastEpoch
      const events = begin({ signal: this.controller.signal, shouldPause, shouldStop })
      for await (const event of events) {
        if (this.silence.learn(event)) this.emit('trainer.silence', { seconds: this.silence.seconds })
        end = endOf(event) ?? end
        if (event.type === 'batch') this.epoch = event.epoch
        if (event.type === 'started') {
          // A resumed run has forgotten what came after its checkpoint. What has been told up to here is in its file.
          next = (await eventCount(event.folder)) - early.length - 1
          this.run = event.run
          this.folder = event.folder
          started.resolve(event.run)
          this.tell('running')
          sender.push([...early.splice(0), event])
        } else if (this.run === undefined) early.push(event)
        else sender.push([event])
        // Last, since who hears of a run may call it at once: by now it is known by its id.
        this.onEvent(event)
        await this.turns.pass()
      }
      sender.flush()
      this.tell(end)
      started.reject(new ThawError('cancelled'))
    } catch (error) {
      sender.flush()
      const stopped = this.controller.signal.aborted
      if (!stopped) this.failure = error instanceof Error ? error : new Error(String(error))
      if (!(error instanceof ThawError)) console.error(error)
      this.tell(stopped ? 'stopped' : 'failed', stopped ? undefined : error)
      started.reject(error)
    } finally {
      sender.stop()
      this.turns.give()
    }
  }
}

function endOf(event: RunEvent): RunState | undefined {
  if (event.type === 'finished' || event.type === 'failed') return event.type
  return event.type === 'stopped' && event.reason === 'asked' ? 'stopped' : undefined
}

export const stateOf = (active: ActiveRun): TrainerState => ({
  work: 'training',
  run: active.run ?? null,
  state: active.state,
})
