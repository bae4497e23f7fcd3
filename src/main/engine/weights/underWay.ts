import { ThawError } from '../../../shared/errors.ts'

/** Files that are on their way: two that write one file would mix their bytes. */
const underWay = new Map<string, Promise<void>>()

/**
 * Brings a file, unless somebody is bringing it already: then waits for that, and brings it only if it fails.
 * @param file what is written, as everyone who writes it names it
 * @throws ThawError cancelled, and what `bring` throws
 */
export async function bringOnce(
  file: string,
  bring: () => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (let other = underWay.get(file); other; other = underWay.get(file))
    if (await hasCome(other, signal)) return
  const mine = bring()
  underWay.set(file, mine)
  try {
    await mine
  } finally {
    underWay.delete(file)
  }
}

/** Waits for the end of somebody else's. @throws ThawError cancelled */
async function hasCome(other: Promise<void>, signal?: AbortSignal): Promise<boolean> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new ThawError('cancelled'))
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  const ended = other.then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([stopped, ended])
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
