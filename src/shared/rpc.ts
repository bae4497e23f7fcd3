import './jitless.ts'
import { z } from 'zod'
import type { Calls } from './api/call.ts'
import { PlainFailure } from './api/errors.ts'
import type { PlainError } from './errors.ts'
import { plainError, ThawError } from './errors.ts'
import type { Throttled } from './throttle.ts'
import { throttled } from './throttle.ts'
import { protocolVersion, version } from './version.ts'
import type { Wire } from './wire.ts'

export interface AnyContract {
  calls: Calls
  events: Readonly<Record<string, z.ZodType>>
}
export type CallName<C extends AnyContract> = keyof C['calls'] & string
export type EventName<C extends AnyContract> = keyof C['events'] & string
/** What a caller gives: settings with defaults may be left out. */
export type Input<C extends AnyContract, M extends CallName<C>> = z.input<C['calls'][M]['input']>
/** What a handler gets: defaults are filled in. */
export type Given<C extends AnyContract, M extends CallName<C>> = z.output<C['calls'][M]['input']>
export type Output<C extends AnyContract, M extends CallName<C>> = z.output<C['calls'][M]['output']>
export type Progress<C extends AnyContract, M extends CallName<C>> = z.output<C['calls'][M]['progress']>
export type EventData<C extends AnyContract, E extends EventName<C>> = z.output<C['events'][E]>

/** Frames are JSON values, the same on every wire. */
const FrameId = z.int().min(1)
const ClientFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id: FrameId, call: z.string().max(64), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id: FrameId }),
  /** Asks for events: of this session of the server those after number `after`, if it still has them. */
  z.strictObject({
    type: z.literal('hello'),
    protocol: z.int(),
    session: z.string().max(64).nullable(),
    after: z.int().nonnegative(),
  }),
])
const ServerFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('result'), id: FrameId, output: z.unknown() }),
  z.strictObject({ type: z.literal('error'), id: FrameId, error: PlainFailure }),
  z.strictObject({ type: z.literal('progress'), id: FrameId, item: z.unknown() }),
  /** Events are numbered, so that whoever was away gets what it has missed, and nothing twice. */
  z.strictObject({ type: z.literal('event'), number: z.int(), event: z.string().max(64), data: z.unknown() }),
  /** The answer to `hello`: events follow from the one after `after` on. */
  z.strictObject({
    type: z.literal('welcome'),
    protocol: z.int(),
    version: z.string(),
    session: z.string(),
    after: z.int(),
  }),
  /** Says only that this side is there. */
  z.strictObject({ type: z.literal('ping') }),
])
type ClientFrame = z.infer<typeof ClientFrame>
type ServerFrame = z.infer<typeof ServerFrame>

export interface CallOptions<P> {
  signal?: AbortSignal | undefined
  onProgress?: ((item: P) => void) | undefined
}

export interface Client<C extends AnyContract> {
  /**
   * @throws ThawError: that of the handler; `cancelled` after the signal; `engine.gone` when the wire closes; `internal` where the input
   * cannot be sent
   */
  call: <M extends CallName<C>>(
    call: M,
    input: Input<C, M>,
    options?: CallOptions<Progress<C, M>>,
  ) => Promise<Output<C, M>>
  /** @returns a function that ends listening */
  on: <E extends EventName<C>>(event: E, listener: (data: EventData<C, E>) => void) => () => void
}

interface Pending {
  call: string
  resolve: (output: unknown) => void
  reject: (error: ThawError) => void
  onProgress: ((item: never) => void) | undefined
}

/** Up to where events were heard, of which session of the server. It may outlive a wire: the next one goes on there. */
export interface StreamPosition {
  session: string | null
  after: number
}

export const newStreamPosition = (): StreamPosition => ({ session: null, after: 0 })

export interface Welcome {
  /** Whether the other side speaks our frames and is of our version. */
  isOurs: boolean
  /** Whether no event was lost since the position that was given. */
  isResumed: boolean
}

export interface ClientOptions {
  position?: StreamPosition
  onWelcome?: (welcome: Welcome) => void
  /** What the other side says was checked before it said it: it is taken as it is. */
  isTrusted?: boolean
}

/** As it is, where it is trusted; else what the schema makes of it, or undefined. */
const taken = <S extends z.ZodType>(schema: S, value: unknown, isTrusted: boolean) =>
  isTrusted ? { success: true as const, data: value as z.output<S> } : schema.safeParse(value)

/** `part` names the other side where it is told that it is gone. */
export function createClient<C extends AnyContract>(
  contract: C,
  wire: Wire,
  part = 'engine',
  { position = newStreamPosition(), onWelcome, isTrusted = false }: ClientOptions = {},
): Client<C> {
  const pending = new Map<number, Pending>()
  const listeners = new Map<string, Set<(data: never) => void>>()
  let nextId = 1
  let closed = false
  const gone = () => new ThawError('engine.gone', { part })

  wire.onClose(() => {
    closed = true
    const open = [...pending.values()]
    pending.clear()
    for (const { reject } of open) reject(gone())
  })

  const onEvent = (event: string, data: unknown) => {
    if (!Object.hasOwn(contract.events, event)) return
    const parsed = taken(contract.events[event]!, data, isTrusted)
    if (parsed.success)
      for (const listener of [...(listeners.get(event) ?? [])]) listener(parsed.data as never)
  }

  wire.onFrame((raw) => {
    const frame = ServerFrame.safeParse(raw).data
    if (!frame || frame.type === 'ping') return
    if (frame.type === 'welcome') {
      const isOurs = frame.protocol === protocolVersion && frame.version === version
      const isResumed = frame.session === position.session && frame.after === position.after
      Object.assign(position, { session: frame.session, after: frame.after })
      onWelcome?.({ isOurs, isResumed })
      return
    }
    if (frame.type === 'event') {
      if (frame.number <= position.after) return
      position.after = frame.number
      onEvent(frame.event, frame.data)
      return
    }
    const waiting = pending.get(frame.id)
    if (!waiting) return
    const entry = contract.calls[waiting.call]!
    if (frame.type === 'progress') {
      const item = taken(entry.progress, frame.item, isTrusted)
      if (item.success) waiting.onProgress?.(item.data as never)
      return
    }
    pending.delete(frame.id)
    if (frame.type === 'error') {
      waiting.reject(new ThawError(frame.error.code, frame.error.parameters))
      return
    }
    const output = taken(entry.output, frame.output, isTrusted)
    if (output.success) waiting.resolve(output.data)
    else waiting.reject(new ThawError('internal', {}, { cause: output.error }))
  })

  wire.send({ type: 'hello', protocol: protocolVersion, ...position } satisfies ClientFrame)

  return {
    call: (call, input, { signal, onProgress } = {}) =>
      new Promise((resolve, reject: (error: ThawError) => void) => {
        if (closed) {
          reject(gone())
          return
        }
        if (signal?.aborted) {
          reject(new ThawError('cancelled'))
          return
        }
        const id = nextId
        nextId += 1
        const cancel = () => wire.send({ type: 'cancel', id } satisfies ClientFrame)
        const settled = () => signal?.removeEventListener('abort', cancel)
        signal?.addEventListener('abort', cancel, { once: true })
        pending.set(id, {
          call,
          resolve: (output) => {
            settled()
            resolve(output as never)
          },
          reject: (error) => {
            settled()
            reject(error)
          },
          onProgress,
        })
        try {
          wire.send({ type: 'call', id, call, input } satisfies ClientFrame)
        } catch (cause) {
          // It never left: no answer will come, and there is nothing to cancel.
          pending.delete(id)
          settled()
          reject(new ThawError('internal', {}, { cause }))
        }
      }),
    on: (event, listener) => {
      const own = listeners.get(event) ?? new Set()
      listeners.set(event, own)
      own.add(listener)
      return () => own.delete(listener)
    },
  }
}

export interface Context<P> {
  /** Says when the caller has cancelled or is gone. */
  signal: AbortSignal
  /** Sent at most ten times a second. */
  progress: (item: P) => void
}

export type Handler<C extends AnyContract, M extends CallName<C>> = (
  input: Given<C, M>,
  context: Context<Progress<C, M>>,
) => Promise<Output<C, M>> | Output<C, M>

export type Handlers<C extends AnyContract, M extends CallName<C> = CallName<C>> = { [K in M]: Handler<C, K> }

/** The calls of a contract that one process answers. */
export type CallsOf<C extends AnyContract, O extends string> = {
  [M in CallName<C>]: C['calls'][M]['owner'] extends O ? M : never
}[CallName<C>]

export interface Server<C extends AnyContract> {
  attach: (wire: Wire) => void
  /** Tells all who are attached. */
  emit: <E extends EventName<C>>(event: E, data: EventData<C, E>) => void
}

export interface ServerOptions {
  /** Told of every failure that is no ThawError, with all its details: they never leave this process. */
  onBug: (call: string, error: unknown) => void
  /** More calls than this at the same time from one wire are refused. */
  mostAtOnce?: number
  /** Names this life of the server, so that a client knows whether its position still means something. */
  session?: string
  /** How many events are kept for clients that were away for a moment. */
  remembers?: number
  /** What handlers give and what is emitted is checked elsewhere: where it is made, or by who reads it. */
  trustsHandlers?: boolean
}

type AnyHandler = (input: unknown, context: Context<unknown>) => unknown

/** Nothing that is ever sent lies deeper; what does would overflow the stack of whoever reads it. */
const deepestInput = 64

function isDeeperThan(limit: number, value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return false
}

/** @throws ThawError rpc.invalid: what is nested more deeply than any call could not even be sent from one process to another */
export function requireShallow(input: unknown): void {
  if (isDeeperThan(deepestInput, input))
    throw new ThawError('rpc.invalid', { reason: 'it is nested too deeply' })
}

/** What did not fit, in one line without what was sent. */
const reasonOf = (error: z.ZodError): string => {
  const { path, message } = error.issues[0]!
  return path.length > 0 ? `${path.map(String).join('.').slice(0, 100)}: ${message}` : message
}

/** Answers the calls that there are handlers for; to every other name the answer is `rpc.unknown-method`. */
export function createServer<C extends AnyContract>(
  contract: C,
  handlers: Partial<Handlers<C>>,
  options: ServerOptions,
): Server<C> {
  const { onBug, mostAtOnce = 256, session = '', remembers = 0 } = options
  const { trustsHandlers = false } = options
  /** Those that have said hello: they are told of events. */
  const listening = new Set<Wire>()
  const events: Extract<ServerFrame, { type: 'event' }>[] = []
  let told = 0

  /** Tells what was missed, and from now on all. A client of another session, or one that was away too long, begins anew. */
  const welcome = (wire: Wire, hello: Extract<ClientFrame, { type: 'hello' }>) => {
    const isKept = hello.after >= told - events.length && hello.after <= told
    const after = hello.session === session && isKept ? hello.after : told
    wire.send({ type: 'welcome', protocol: protocolVersion, version, session, after } satisfies ServerFrame)
    for (const frame of events) if (frame.number > after) wire.send(frame)
    listening.add(wire)
  }

  const attach = (wire: Wire) => {
    const running = new Map<number, AbortController>()
    const send = (frame: ServerFrame) => wire.send(frame)
    wire.onClose(() => {
      listening.delete(wire)
      for (const controller of running.values()) controller.abort()
    })

    const failed = (id: number, error: PlainError) => send({ type: 'error', id, error })
    const refused = (id: number, ...reason: ConstructorParameters<typeof ThawError>) =>
      failed(id, plainError(new ThawError(...reason)))

    const run = async (id: number, call: string, given: unknown) => {
      const entry = contract.calls[call]!
      const controller = new AbortController()
      running.set(id, controller)
      const merge = entry.gathers
        ? (waiting: unknown, next: unknown): unknown => [...(waiting as unknown[]), ...(next as unknown[])]
        : undefined
      const sendItem = (item: unknown) => {
        const checked = taken(entry.progress, item, trustsHandlers)
        if (checked.success) send({ type: 'progress', id, item: checked.data })
        else onBug(call, checked.error)
      }
      const progress: Throttled<unknown> = throttled(sendItem, merge)
      try {
        const handler = handlers[call] as AnyHandler
        const output: unknown = await handler(given, { signal: controller.signal, progress: progress.push })
        const checked = trustsHandlers ? output : entry.output.parse(output)
        progress.flush()
        send({ type: 'result', id, output: checked })
      } catch (error) {
        const known = controller.signal.aborted ? new ThawError('cancelled') : error
        if (!(known instanceof ThawError)) onBug(call, known)
        progress.flush()
        failed(id, plainError(known))
      } finally {
        progress.stop()
        running.delete(id)
      }
    }

    wire.onFrame((raw) => {
      const frame = ClientFrame.safeParse(raw).data
      if (!frame) return
      if (frame.type === 'hello') {
        welcome(wire, frame)
        return
      }
      if (frame.type === 'cancel') {
        running.get(frame.id)?.abort()
        return
      }
      const { id, call } = frame
      if (!Object.hasOwn(contract.calls, call) || !Object.hasOwn(handlers, call)) {
        refused(id, 'rpc.unknown-method', { method: call })
        return
      }
      if (running.has(id) || running.size >= mostAtOnce) {
        refused(id, 'rpc.invalid', { reason: running.has(id) ? 'its number is in use' : 'too many at once' })
        return
      }
      try {
        requireShallow(frame.input)
      } catch (error) {
        failed(id, plainError(error))
        return
      }
      const input = contract.calls[call]!.input.safeParse(frame.input)
      if (input.success) void run(id, call, input.data)
      else refused(id, 'rpc.invalid', { reason: reasonOf(input.error) })
    })
  }

  return {
    attach,
    emit: (event, data) => {
      const checked = taken(contract.events[event]!, data, trustsHandlers)
      if (!checked.success) {
        onBug(event, checked.error)
        return
      }
      told += 1
      const frame = { type: 'event', number: told, event, data: checked.data } as const
      if (remembers > 0) events.push(frame)
      if (events.length > remembers) events.shift()
      for (const wire of [...listening]) wire.send(frame)
    },
  }
}
