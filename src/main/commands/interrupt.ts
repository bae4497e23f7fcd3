import { say } from './output.ts'
import { words } from './words.ts'

/** What a shell tells of a process that ended by a signal: 128 + its number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** A terminal and the launcher may both pass the same key press on, milliseconds. */
const sameKeyPress = 1000

let code: number | undefined

/** The exit code of a person's wish to stop; undefined while there is none. */
export const interruptCode = (): number | undefined => code

/**
 * Aborted by Ctrl-C, a request to end, or a terminal that is closed. Whoever presses Ctrl-C once more does not want to wait,
 * and the process ends at once.
 * @param promise what happens before the end, for people
 */
export function interrupted(promise = words('stoppingNow')): AbortSignal {
  const controller = new AbortController()
  let first = 0
  for (const [signal, exitCode] of Object.entries(exitCodes))
    process.on(signal, () => {
      const now = performance.now()
      if (code === undefined) {
        first = now
        code = exitCode
        say(promise)
        controller.abort()
      } else if (now - first > sameKeyPress) process.exit(exitCode)
    })
  return controller.signal
}

/** Resolves when a person or the system asks this process to end. */
export async function untilInterrupted(promise?: string): Promise<void> {
  const signal = interrupted(promise)
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
