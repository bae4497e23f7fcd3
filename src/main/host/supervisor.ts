import type { EngineState } from '../../shared/api/app.ts'
import { plainError, ThawError } from '../../shared/errors.ts'
import type { Child, ChildOptions, InnerClient, Part } from './child.ts'
import { startChild } from './child.ts'
import type { HeartbeatOptions, Watch } from './heartbeat.ts'
import { watch } from './heartbeat.ts'
import { waitedForProcessor, within } from './childClock.ts'

export interface SupervisorOptions extends ChildOptions {
  onState: (state: EngineState) => void
  /** Each time a child is there and ready: its events can be listened to. */
  onReady: (client: InnerClient) => void
  heartbeat?: Pick<HeartbeatOptions, 'interval' | 'silence'>
  /** Milliseconds before the first, second, third restart within a minute; after that it is given up. */
  backOff?: readonly number[]
}

const minute = 60_000
const defaultBackOff = [200, 1000, 4000]
/** Its own time that a child may take until it answers: reading hundreds of megabytes of libraries from a slow disk. */
const startingTimeout = 120_000
/** What a child may take to end when it is asked to: as long as it said that it may be silent, within these bounds. */
const closingTimeout = { least: 20_000, most: 300_000 }

/** Keeps one child alive: starts it, notices when it crashes or hangs, and starts it again. */
export class Supervisor {
  readonly part: Part
  private readonly options: SupervisorOptions
  private child: Child | undefined
  private watching: Watch | undefined
  private current: EngineState
  private readonly crashes: number[] = []
  private waiters: { resolve: (client: InnerClient) => void; reject: (error: ThawError) => void }[] = []
  private closing = false
  private renewing = false
  private restarting: ReturnType<typeof setTimeout> | undefined

  constructor(options: SupervisorOptions) {
    this.options = options
    this.part = options.part
    this.current = { part: options.part, state: 'starting', why: null }
  }

  get state(): EngineState {
    return this.current
  }

  get pid(): number | undefined {
    return this.child?.pid
  }

  start(): void {
    void this.live()
  }

  /** Ends the child and starts a fresh one, so that it takes up what can only be settled at its start. */
  async renew(): Promise<void> {
    if (this.current.state !== 'ready' || !this.child) return
    this.renewing = true
    await this.closeChild()
  }

  /** Starts anew after it was given up. */
  restart(): void {
    if (this.current.state !== 'failed') return
    this.crashes.length = 0
    this.start()
  }

  /** The child's client, as soon as it is ready. @throws ThawError engine.gone if it was given up */
  ready(): Promise<InnerClient> {
    // One whose channel has closed will be started again: its end is only not known yet.
    const { state } = this.current
    if (state === 'ready' && this.child && !this.child.isGone()) return Promise.resolve(this.child.client)
    if (state === 'failed' || this.closing) return Promise.reject(this.gone())
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }))
  }

  /** Ends the child for good, giving it time for a checkpoint. */
  async close(): Promise<void> {
    this.closing = true
    clearTimeout(this.restarting)
    this.refuseWaiters()
    await this.closeChild()
  }

  /** A trainer that is in the middle of a batch ends after it: no sooner could it leave a checkpoint. */
  private async closeChild(): Promise<void> {
    const { least, most } = closingTimeout
    await this.child?.close(Math.min(most, Math.max(least, this.watching?.allowed() ?? 0)))
  }

  /** Why there is no child to talk to. */
  private gone(): ThawError {
    const { state, why } = this.current
    if (state === 'failed' && why) return new ThawError(why.code, why.parameters)
    return new ThawError('engine.gone', { part: this.part })
  }

  private refuseWaiters(): void {
    const waiting = this.waiters
    this.waiters = []
    for (const { reject } of waiting) reject(this.gone())
  }

  private tell(state: EngineState['state'], why: EngineState['why'] = this.current.why): void {
    this.current = { part: this.part, state, why }
    this.options.onState(this.current)
  }

  /** One life of a child, from its start to its end. */
  private async live(): Promise<void> {
    const { part, log, heartbeat, onReady } = this.options
    this.tell('starting')
    const child = startChild(this.options)
    this.child = child
    let end: 'crashed' | 'hung' = 'crashed'
    /** Why it cannot serve: another start would come to the same. */
    let fatal: unknown
    const hung = () => {
      end = 'hung'
      log.write('error', part, 'It does not answer any more and is ended.')
      child.kill()
    }
    const endStart = within(startingTimeout, () => waitedForProcessor(child.pid), hung)
    child.greeted.then(
      () => {
        endStart()
        this.watching = watch(child, { part, onHang: hung, ...heartbeat })
        this.tell('ready', null)
        onReady(child.client)
        for (const { resolve } of this.waiters.splice(0)) resolve(child.client)
      },
      (error: unknown) => {
        if (error instanceof ThawError && error.code === 'engine.gone') return
        log.write('error', part, error instanceof Error ? error.message : String(error))
        fatal = error
        child.kill()
      },
    )
    const reason = await child.ended
    endStart()
    this.watching?.end()
    this.watching = undefined
    if (this.closing) return
    if (this.renewing) {
      this.renewing = false
      this.start()
      return
    }
    if (fatal !== undefined) {
      this.giveUp(fatal)
      return
    }
    log.write('error', part, `It stopped unexpectedly (${reason}).`)
    this.again(end)
  }

  private again(end: 'crashed' | 'hung'): void {
    const backOff = this.options.backOff ?? defaultBackOff
    const now = performance.now()
    this.crashes.push(now)
    const recent = this.crashes.filter((time) => now - time < minute).length
    const delay = backOff[recent - 1]
    if (delay === undefined) {
      this.giveUp(this.gone())
      return
    }
    this.tell(end, plainError(this.gone()))
    this.restarting = setTimeout(() => this.start(), delay)
  }

  private giveUp(error: unknown): void {
    this.tell('failed', plainError(error))
    this.refuseWaiters()
  }
}
