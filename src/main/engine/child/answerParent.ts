import { innerContract } from '../../../shared/contract.ts'
import type { CallsOf, Handlers, Server } from '../../../shared/rpc.ts'
import { createServer } from '../../../shared/rpc.ts'
import { protocolVersion, version } from '../../../shared/version.ts'
import { processWire } from '../../../shared/wire.ts'

type Inner = typeof innerContract
export type Emit = Server<Inner>['emit']
export type PartHandlers<P extends 'library' | 'trainer'> = Handlers<Inner, CallsOf<Inner, P>>

export const greeting = () => ({ version, protocol: protocolVersion, pid: process.pid })

export interface Answering<P extends 'library' | 'trainer'> {
  open: (emit: Emit) => Promise<PartHandlers<P>>
  /** Finishes what must not be torn apart. */
  close: () => Promise<void>
}

/** A part that cannot open says why when it is greeted, and to no one else. */
const refusing = (error: unknown): Partial<Handlers<Inner>> => {
  const refuse = () => {
    throw error
  }
  return { 'library.hello': refuse, 'trainer.hello': refuse }
}

/**
 * Serves a part of the contract to the process that started this one. When that process is gone, or closes the channel, this
 * one ends too; so it does when the system asks it to.
 */
export async function answerParent<P extends 'library' | 'trainer'>({
  open,
  close,
}: Answering<P>): Promise<void> {
  const wire = processWire(process)
  // A parent that was killed no longer reads what is said here; the checkpoint is written all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  // What was under way and has ended by that is answered before.
  const end = () => void close().finally(() => setImmediate(() => process.exit(0)))
  wire.onClose(end)
  process.once('SIGTERM', end)
  // A terminal sends these to every process in it. The one that started this one decides, and closes the channel.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
  // Calls wait in the channel until something listens.
  const queue: unknown[] = []
  const stopQueueing = wire.onFrame((frame) => queue.push(frame))
  const handlers: Partial<Handlers<Inner>> = {}
  const server = createServer(innerContract, handlers, {
    // The parent's log keeps what is written to standard error.
    onBug: (call, error) => console.error(call, error),
    // The parent reads it with care: trust ends there, since what computes and opens foreign files may go wrong.
    trustsHandlers: true,
  })
  Object.assign(handlers, await open(server.emit).catch(refusing))
  stopQueueing()
  server.attach({
    ...wire,
    onFrame: (listener) => {
      const off = wire.onFrame(listener)
      for (const frame of queue) listener(frame)
      return off
    },
  })
}
