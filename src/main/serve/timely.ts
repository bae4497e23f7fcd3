import { ThawError } from '../../shared/errors.ts'

export interface Patience {
  /** Milliseconds of silence after which nothing more is waited for. */
  silence: number
  /** Bytes a second that have to arrive on the whole, after a first `silence`: a trickle is as good as nothing. */
  pace: number
}

export const usualPatience: Patience = { silence: 10_000, pace: 16 * 1024 }

/**
 * A request's body that has to come: it ends with `api.too-slow` where the other side falls silent, or sends more slowly than anything
 * that is meant. Nothing is waited for before somebody reads.
 */
export function timely(
  body: ReadableStream<Uint8Array>,
  { silence, pace }: Patience = usualPatience,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let began: number | undefined
  let bytes = 0
  /** Milliseconds until the next piece is due. */
  const due = (now: number) => Math.min(silence, began! + silence + (bytes / pace) * 1000 - now)
  const pull = async (stream: ReadableStreamDefaultController<Uint8Array>) => {
    const now = performance.now()
    began ??= now
    const late = Promise.withResolvers<never>()
    const tooSlow = () =>
      late.reject(new ThawError('api.too-slow', { seconds: Math.round((performance.now() - began!) / 1000) }))
    const timer = setTimeout(tooSlow, Math.max(0, due(now)))
    try {
      const { done, value } = await Promise.race([reader.read(), late.promise])
      if (done) stream.close()
      else {
        bytes += value.length
        stream.enqueue(value)
      }
    } catch (error) {
      // Whoever is silent may stay so for ever: that is not waited for.
      void reader.cancel(error).catch(() => undefined)
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
  return new ReadableStream({ pull, cancel: (reason) => reader.cancel(reason) }, { highWaterMark: 0 })
}
