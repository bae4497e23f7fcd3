import { totalmem } from 'node:os'
import { Worker } from 'node:worker_threads'
// On Linux sharp's libraries must be loaded by the main thread first, or they go with the first thread that ends.
import 'sharp'
import { ThawError } from '../../../../shared/errors.ts'
import { SharedMemory } from './memory.ts'
import type { FromWorker, PhotoAnswer, PhotoResult, PhotoTask, ToWorker, WorkerData } from './tasks.ts'

/** A task on its way: handed to one worker, answered once. */
interface Ticket {
  id: number
  task: PhotoTask
  answer: Promise<PhotoAnswer>
  settle: (answer: PhotoAnswer) => void
  /** A thread died with this and others in hand: it is tried by itself, to know which one it was. */
  alone?: true
}

interface Member {
  worker: Worker
  /** In the order in which the worker takes them. */
  tickets: Map<number, Ticket>
  /** As {@link WorkerData} has it. */
  inHand: Int32Array<SharedArrayBuffer>
  /** Resolves when the thread has loaded, rejects if it could not. */
  ready: Promise<void>
  gone: Promise<void>
  /** Why there is no thread any more and none could be started in its place. */
  failure?: unknown
}

/** So many threads in a row may end without a photo in hand before that is taken for a fault of theirs. */
const mostIdleDeaths = 2

export type PhotoOutcome = { result: PhotoResult } | { error: ThawError }

export interface PoolOptions {
  threads: number
  /** Bytes that photos being decoded may take together. Default: an eighth of the machine's memory. */
  memory?: number
  /** Photos that each thread has in hand at a time: a second one fills the pauses in which the first waits for disk or libvips. Default 1. */
  lanes?: number
}

export interface OutcomeOptions {
  signal?: AbortSignal | undefined
  /** How many results may be ready or under way before they are asked for. Default 64: about two batches, 10 MB. */
  ahead?: number | undefined
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ThawError('cancelled')
}

/**
 * Worker threads that decode photos. Tasks are handed out well ahead: while an op of TensorFlow blocks this process for
 * seconds, the workers go on with what they have, and their results wait.
 */
export class PhotoPool {
  private readonly memory: SharedMemory
  private readonly lanes: number
  private readonly members: Member[] = []
  private nextId = 0
  private closing = false
  private isHeld = false
  private idleDeaths = 0

  private constructor({ threads, memory = totalmem() / 8, lanes = 1 }: PoolOptions) {
    this.memory = SharedMemory.of(memory, threads * lanes)
    this.lanes = lanes
    for (let i = 0; i < threads; i += 1) this.members.push(this.start(i))
  }

  static async open(options: PoolOptions): Promise<PhotoPool> {
    const pool = new PhotoPool(options)
    await Promise.all(pool.members.map(({ ready }) => ready))
    return pool
  }

  private start(index: number): Member {
    const { lanes } = this
    const inHand = new Int32Array(new SharedArrayBuffer(lanes * Int32Array.BYTES_PER_ELEMENT))
    const data: WorkerData = { memory: this.memory.cells, member: index, lanes, inHand }
    const worker = new Worker(new URL('./photoWorker.ts', import.meta.url), { workerData: data })
    const tickets = new Map<number, Ticket>()
    const { promise: ready, resolve, reject } = Promise.withResolvers<undefined>()
    const member: Member = { worker, tickets, inHand, ready, gone: Promise.resolve() }
    // A thread that cannot start is noticed by open(); one that is replaced later answers for itself below.
    ready.catch(() => undefined)
    let loaded = false
    let reason: unknown = new Error('a thread that decodes photos ended')
    worker.on('error', (error) => (reason = error))
    worker.on('message', (message: FromWorker) => {
      if ('ready' in message) {
        loaded = true
        resolve(undefined)
      } else {
        tickets.get(message.id)?.settle(message.answer)
        tickets.delete(message.id)
        this.idleDeaths = 0
      }
    })
    member.gone = new Promise((done) => {
      worker.on('exit', () => {
        for (let lane = 0; lane < lanes; lane += 1) this.memory.release(index * lanes + lane)
        reject(reason)
        if (!loaded) this.giveUp(member, reason)
        else if (!this.closing) this.replace(index, member, reason)
        done()
      })
    })
    return member
  }

  /** A thread that could not even load would not load another time. */
  private giveUp(member: Member, reason: unknown): void {
    member.failure = reason
    for (const ticket of member.tickets.values()) ticket.settle({ bug: reason })
  }

  /**
   * After a thread died: the photo it had in hand is to blame. Of several in hand each is tried alone by a fresh thread, which takes the
   * others too; those that only waited have no part in it.
   */
  private replace(index: number, member: Member, reason: unknown): void {
    const { tickets } = member
    const inHand = [...tickets.values()].filter(({ id }) => member.inHand.includes(id + 1))
    const [first] = inHand
    if (first && inHand.length === 1) {
      first.settle({ error: { code: 'photo.damaged', parameters: { file: first.task.file } } })
      tickets.delete(first.id)
    } else for (const ticket of inHand) ticket.alone = true
    this.idleDeaths = first ? 0 : this.idleDeaths + 1
    if (this.idleDeaths > mostIdleDeaths) {
      this.giveUp(member, reason)
      return
    }
    const left = [...tickets.values()]
    const fresh = this.start(index)
    this.members[index] = fresh
    if (this.isHeld) this.tell(fresh, { hold: true })
    for (const ticket of left) this.hand(ticket, fresh)
  }

  private hand(ticket: Ticket, member: Member): void {
    if (member.failure !== undefined) {
      ticket.settle({ bug: member.failure })
      return
    }
    member.tickets.set(ticket.id, ticket)
    const { id, task, alone } = ticket
    this.tell(member, { id, task, ...(alone && { alone }) })
  }

  private tell(member: Member, message: ToWorker): void {
    member.worker.postMessage(message)
  }

  /** Whether the threads wait with the next photo, after the one in hand, until they are let go again: others need the processor more. */
  hold(isHeld: boolean): void {
    if (this.closing || isHeld === this.isHeld) return
    this.isHeld = isHeld
    for (const member of this.members) this.tell(member, { hold: isHeld })
  }

  /** To the worker with the least to do. */
  private submit(task: PhotoTask): Ticket {
    const { promise: answer, resolve: settle } = Promise.withResolvers<PhotoAnswer>()
    const ticket = { id: this.nextId, task, answer, settle }
    this.nextId += 1
    const member = this.members.reduce((least, one) => (one.tickets.size < least.tickets.size ? one : least))
    this.hand(ticket, member)
    return ticket
  }

  private cancel(tickets: Ticket[]): void {
    const cancel = tickets.map(({ id }) => id)
    if (cancel.length === 0 || this.closing) return
    for (const member of this.members) {
      for (const id of cancel) member.tickets.delete(id)
      this.tell(member, { cancel })
    }
  }

  /**
   * One outcome a task, in the tasks' order. Tasks are read lazily, so there may be any number of them. Leaving the loop
   * early takes back what was handed out.
   * @throws ThawError `cancelled` when the signal says so
   */
  async *outcomes(
    tasks: Iterable<PhotoTask> | AsyncIterable<PhotoTask>,
    { signal, ahead = 64 }: OutcomeOptions = {},
  ): AsyncGenerator<PhotoOutcome, void, undefined> {
    const source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]()
    const pending: Ticket[] = []
    const wake = () => pending[0]?.settle({ error: { code: 'cancelled', parameters: {} } })
    signal?.addEventListener('abort', wake)
    try {
      for (let ended = false; ;) {
        while (!ended && pending.length < ahead) {
          const next = await source.next()
          if (next.done === true) ended = true
          else pending.push(this.submit(next.value))
        }
        stopIfAborted(signal)
        const first = pending[0]
        if (first === undefined) return
        const answer = await first.answer
        stopIfAborted(signal)
        pending.shift()
        if ('bug' in answer) throw answer.bug
        yield 'error' in answer
          ? { error: new ThawError(answer.error.code, answer.error.parameters) }
          : { result: answer.result }
      }
    } finally {
      signal?.removeEventListener('abort', wake)
      await source.return?.()
      this.cancel(pending)
    }
  }

  /** Ends the threads; each finishes the photo it has in hand. */
  async close(): Promise<void> {
    this.closing = true
    for (const member of this.members) this.tell(member, { close: true })
    await Promise.all(this.members.map(({ gone }) => gone))
  }
}
