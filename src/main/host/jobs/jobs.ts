import { randomBytes } from 'node:crypto'
import type { Job, JobKind, JobRecord, JobState, WorkProgress } from '../../../shared/api/jobs.ts'
import { detailOf, jobKinds } from '../../../shared/api/jobs.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import type { Throttled } from '../../../shared/throttle.ts'
import { throttled } from '../../../shared/throttle.ts'
import type { InnerClient, Part } from '../child.ts'
import { Keeper } from './keeper.ts'
import { Pace } from './pace.ts'

/** Between two events of a job's progress, milliseconds. */
const eventInterval = 250
/** Ended ones are forgotten, the oldest first, when there are more. */
const mostEnded = 100
/** What brings its process down twice would do so for ever. */
const mostAttempts = 2

const isEnded = ({ state }: Job): boolean => state !== 'waiting' && state !== 'running'
const now = (): string => new Date().toISOString()

/** Those without a place first, then in the order of their queue. */
const byPlace = ({ job: a }: JobRecord, { job: b }: JobRecord): number =>
  (a.place ?? 0) - (b.place ?? 0) || a.created.localeCompare(b.created)

/** A job at work: how it is ended, and what it tells. */
interface Running {
  controller: AbortController
  pace: Pace
  tell: Throttled<undefined>
  ended: Promise<void>
  /** Whether its process has told anything of it. */
  isTold: boolean
}

interface Waiter {
  id: string
  isWanted: (job: Job) => boolean
  resolve: (job: Job) => void
}

export interface JobsOptions {
  clientOf: (part: Part) => Promise<InnerClient>
  onChange: (job: Job) => void
  onCleared: (jobs: string[]) => void
}

/**
 * All long work. It is kept here, in the process that neither computes nor crashes, and done by the engine: a job's work is one call
 * of a child whose caller is no page. So it outlives pages and sockets, and its queue answers while an op blocks the trainer.
 */
export class Jobs {
  private readonly options: JobsOptions
  private readonly keeper: Keeper
  /** In the order in which they came; those that wait, in the order of their queue. */
  private records: JobRecord[] = []
  private readonly running = new Map<string, Running>()
  private readonly waiters = new Set<Waiter>()
  private isClosing = false
  /** What earlier processes have left is being taken up, or was. */
  private inheriting: Promise<void> | undefined
  private isComplete = false

  constructor(options: JobsOptions) {
    this.options = options
    this.keeper = new Keeper(
      () => options.clientOf('library'),
      (id) => this.find(id),
    )
  }

  /** @throws ThawError rpc.invalid if the input is not what the kind takes */
  start({ kind, subject, ...given }: { kind: JobKind; subject?: string | undefined }): string {
    const { input: schema, subjectOf } = jobKinds[kind]
    const parsed = schema.safeParse(given)
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!
      throw new ThawError('rpc.invalid', { reason: `${path.map(String).join('.')}: ${message}` })
    }
    const job: Job = {
      id: randomBytes(8).toString('hex'),
      kind,
      subject: subject ?? subjectOf(parsed.data),
      state: 'waiting',
      paused: false,
      place: null,
      progress: null,
      secondsLeft: null,
      detail: null,
      crowded: false,
      created: now(),
      started: null,
      ended: null,
      result: null,
      error: null,
    }
    this.records.push({ job, input: parsed.data as JobRecord['input'], attempts: 0 })
    this.changed(job.id, {})
    this.pump()
    return job.id
  }

  list(): Job[] {
    const jobs = this.records.map(({ job }) => job)
    const ended = jobs.filter(isEnded).toSorted((a, b) => (b.ended ?? '').localeCompare(a.ended ?? ''))
    const of = (state: JobState) => jobs.filter((job) => job.state === state)
    return [...of('running'), ...of('waiting'), ...ended]
  }

  /** Waits until a job is as wanted. @throws ThawError not-found */
  until(id: string, isWanted: (job: Job) => boolean): Promise<Job> {
    const job = this.get(id)
    if (isWanted(job)) return Promise.resolve(job)
    return new Promise((resolve) => this.waiters.add({ id, isWanted, resolve }))
  }

  /** @throws ThawError not-found */
  get(id: string): Job {
    return this.recordOf(id).job
  }

  async cancel(id: string): Promise<void> {
    const { job } = this.recordOf(id)
    if (job.state === 'waiting') this.end(id, 'cancelled')
    const running = this.running.get(id)
    if (job.paused) this.changed(id, { paused: false })
    running?.controller.abort()
    await running?.ended
    this.pump()
  }

  async pause(id: string): Promise<void> {
    const { job } = this.recordOf(id)
    const { resumes, lane } = jobKinds[job.kind]
    if (job.paused || isEnded(job)) return
    if (job.state === 'waiting') this.changed(id, { paused: true })
    else if (lane === 'training') await this.hold(job, 'trainer.hold')
    else if (resumes) {
      this.changed(id, { paused: true })
      this.running.get(id)?.controller.abort()
    } else throw new ThawError('refused', { what: 'pausing-this' })
    this.pump()
  }

  async resume(id: string): Promise<void> {
    const { job } = this.recordOf(id)
    if (!job.paused) return
    if (job.state === 'running' && jobKinds[job.kind].lane === 'training')
      await this.hold(job, 'trainer.goOn')
    else this.changed(id, { paused: false })
    this.pump()
  }

  /** Begins one again that has ended without a result, at the end of its queue. */
  retry(id: string): void {
    const record = this.recordOf(id)
    if (!isEnded(record.job) || record.job.state === 'done')
      throw new ThawError('refused', { what: 'retrying-this' })
    this.records = [...this.records.filter((one) => one !== record), { ...record, attempts: 0 }]
    this.changed(id, { state: 'waiting', paused: false, ended: null, error: null, secondsLeft: null })
    this.pump()
  }

  /** Puts one that waits before another that waits, or behind all. */
  reorder(id: string, before: string | null): void {
    const record = this.recordOf(id)
    const target = before === null ? undefined : this.recordOf(before)
    if ([record, target].some((one) => one && one.job.state !== 'waiting'))
      throw new ThawError('refused', { what: 'moving-this' })
    if (record === target) return
    const others = this.records.filter((one) => one !== record)
    const index = target ? others.indexOf(target) : others.length
    this.records = others.toSpliced(index, 0, record)
    this.number()
  }

  /** Forgets those that have ended, or one of them. */
  clear(id?: string): void {
    const gone = this.records.filter(({ job }) => isEnded(job) && (id === undefined || job.id === id))
    this.forget(gone.map(({ job }) => job.id))
  }

  /** Takes up what earlier processes have left, and writes down what this library has not seen yet. */
  inherit(library: InnerClient): Promise<void> {
    this.inheriting = this.takeUp(library)
    return this.inheriting
  }

  /**
   * Waits, after a start, until it is known what earlier processes have left: who asked sooner was told that a job, which is about to go
   * on, is not there. Without a library it is as much as is known.
   */
  async complete(): Promise<void> {
    if (this.isComplete) return
    await this.options.clientOf('library').catch(() => undefined)
    await this.inheriting?.catch(() => undefined)
  }

  private async takeUp(library: InnerClient): Promise<void> {
    const { records } = await library.call('jobs.inherit', {})
    const known = new Set(this.records.map(({ job }) => job.id))
    const left = records.filter(({ job }) => !known.has(job.id))
    // They came before everything that was started meanwhile: what ran, then what waited, as it was ordered.
    this.records = [...left.toSorted(byPlace), ...this.records]
    for (const { job } of left) {
      if (job.state === 'running') this.leftRunning(job)
      else this.changed(job.id, {})
    }
    for (const { job } of this.records) this.keeper.keep(job.id)
    this.isComplete = true
    this.pump()
  }

  /** What runs is found running at the next start, and goes on if it can. */
  async close(): Promise<void> {
    this.isClosing = true
    await this.keeper.close()
  }

  /** One that was at work when its process ended: it waits for its turn again, if it can go on. */
  private leftRunning({ id, kind }: Job): void {
    if (jobKinds[kind].resumes) this.changed(id, { state: 'waiting', secondsLeft: null, crowded: false })
    else this.end(id, 'interrupted', new ThawError('engine.gone', { part: jobKinds[kind].owner }))
  }

  private find(id: string): JobRecord | undefined {
    return this.records.find(({ job }) => job.id === id)
  }

  private recordOf(id: string): JobRecord {
    const found = this.find(id)
    if (!found) throw new ThawError('not-found', { what: 'this-job' })
    return found
  }

  /** Begins what may begin. */
  private pump(): void {
    if (this.isClosing) return
    const busy = new Set([...this.running.keys()].map((id) => jobKinds[this.get(id).kind].lane))
    for (const { job } of [...this.records]) {
      const { lane } = jobKinds[job.kind]
      if (job.state !== 'waiting' || job.paused || this.running.has(job.id) || (lane && busy.has(lane)))
        continue
      busy.add(lane)
      this.begin(job.id)
    }
    this.number()
  }

  private begin(id: string): void {
    const tell = throttled<undefined>(() => this.tellOf(id), undefined, eventInterval)
    const running: Running = {
      controller: new AbortController(),
      pace: new Pace(),
      tell,
      ended: Promise.resolve(),
      isTold: false,
    }
    this.running.set(id, running)
    const record = this.recordOf(id)
    this.put({ ...record, attempts: record.attempts + 1 })
    this.changed(id, { state: 'running', place: null, started: record.job.started ?? now() })
    running.ended = this.work(id, running)
  }

  private async work(id: string, running: Running): Promise<void> {
    const { controller, pace, tell } = running
    const { job, input } = this.recordOf(id)
    const { owner } = jobKinds[job.kind]
    const done: { result?: JobRecord['input']; error?: unknown } = {}
    try {
      const client = await this.options.clientOf(owner)
      const onProgress = (item: WorkProgress) => {
        running.isTold = true
        this.progressed(id, item, pace)
        tell.push(undefined)
      }
      const call = { job: id, kind: job.kind, input }
      const { signal } = controller
      const { result } =
        owner === 'library'
          ? await client.call('library.work', call, { signal, onProgress })
          : await client.call('trainer.work', call, { signal, onProgress })
      done.result = result
    } catch (error) {
      done.error = error
    }
    tell.stop()
    this.running.delete(id)
    if (this.isClosing) return
    if ('result' in done) this.end(id, 'done', undefined, done.result)
    else this.failed(id, done.error, running)
    this.pump()
  }

  private failed(id: string, error: unknown, { controller, isTold }: Running): void {
    const record = this.recordOf(id)
    const { job, attempts } = record
    const { resumes, lane } = jobKinds[job.kind]
    const code = error instanceof ThawError ? error.code : 'internal'
    if (code === 'cancelled' && job.paused) this.changed(id, { state: 'waiting', secondsLeft: null })
    else if (code === 'cancelled' || (code === 'engine.ended' && controller.signal.aborted))
      this.end(id, 'cancelled')
    // It left a checkpoint as the system asked its process to end, as it does all of them when it goes down: nobody cancelled it.
    else if (code === 'engine.ended') {
      this.put({ ...record, attempts: 0 })
      this.changed(id, { state: 'waiting', secondsLeft: null })
    } else if (code !== 'engine.gone') this.end(id, 'failed', error)
    // A training that was at work may itself have been too much for the machine: whether it goes on is for a person to say.
    else if (resumes && attempts < mostAttempts && !(lane === 'training' && isTold && detailOf(job).run))
      this.changed(id, { state: 'waiting' })
    else this.end(id, 'interrupted', error)
  }

  private end(id: string, state: JobState, error?: unknown, result: JobRecord['input'] = null): void {
    this.changed(id, {
      state,
      place: null,
      paused: false,
      crowded: false,
      secondsLeft: null,
      ended: now(),
      result,
      error: error === undefined ? null : plainError(error),
    })
    const ended = this.records.filter((one) => isEnded(one.job))
    const byEnd = ended.toSorted((a, b) => (a.job.ended ?? '').localeCompare(b.job.ended ?? ''))
    this.forget(byEnd.slice(0, Math.max(0, ended.length - mostEnded)).map(({ job }) => job.id))
  }

  private progressed(
    id: string,
    { progress, secondsLeft, detail, crowded, subject, again }: WorkProgress,
    pace: Pace,
  ) {
    const record = this.recordOf(id)
    const left =
      secondsLeft !== undefined || !progress ? secondsLeft : pace.secondsLeft(progress, performance.now())
    const isNews = again !== undefined && JSON.stringify(again) !== JSON.stringify(record.input)
    this.put({
      ...record,
      input: again ?? record.input,
      job: {
        ...record.job,
        progress: progress ?? record.job.progress,
        secondsLeft: left ?? null,
        detail: detail ?? record.job.detail,
        crowded: crowded ?? false,
        subject: subject ?? record.job.subject,
      },
    })
    if (isNews) this.keeper.keep(id)
  }

  /** Holds a training between two batches, or lets it go on. Its run keeps its memory meanwhile. */
  private async hold(job: Job, call: 'trainer.hold' | 'trainer.goOn'): Promise<void> {
    const { run } = detailOf(job)
    if (run === undefined) throw new ThawError('refused', { what: 'pausing-so-early' })
    const trainer = await this.options.clientOf('trainer')
    if (call === 'trainer.hold') await trainer.call('trainer.hold', { run })
    else await trainer.call('trainer.goOn', { run })
    this.changed(job.id, { paused: call === 'trainer.hold' })
  }

  /** Numbers those that wait, each among those that wait for the same. */
  private number(): void {
    const places = new Map<string, number>()
    for (const { job } of this.records) {
      const { lane } = jobKinds[job.kind]
      const waits = job.state === 'waiting' && lane !== null
      const place = waits ? (places.get(lane) ?? 0) + 1 : null
      if (waits) places.set(lane, place!)
      if (place !== job.place) this.changed(job.id, { place })
    }
  }

  private put(record: JobRecord): void {
    this.records = this.records.map((one) => (one.job.id === record.job.id ? record : one))
  }

  private changed(id: string, change: Partial<Job>): void {
    const record = this.recordOf(id)
    this.put({ ...record, job: { ...record.job, ...change } })
    this.keeper.keep(id)
    this.tellOf(id)
  }

  private tellOf(id: string): void {
    const record = this.find(id)
    if (!record) return
    this.options.onChange(record.job)
    for (const waiter of [...this.waiters]) {
      if (waiter.id !== id || !waiter.isWanted(record.job)) continue
      this.waiters.delete(waiter)
      waiter.resolve(record.job)
    }
  }

  private forget(ids: string[]): void {
    if (ids.length === 0) return
    this.records = this.records.filter(({ job }) => !ids.includes(job.id))
    for (const id of ids) this.keeper.keep(id)
    this.options.onCleared(ids)
  }
}
