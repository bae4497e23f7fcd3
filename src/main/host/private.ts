import { chmodSync, mkdirSync, statSync } from 'node:fs'

const forOthers = 0o077

/** Makes the data folder, and closes it to everyone but the person. A disk that knows no such rights, or is read-only, stays as it is. */
export function keepPrivate(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const { mode } = statSync(home)
    if (process.platform !== 'win32' && mode & forOthers) chmodSync(home, mode & ~forOthers)
  } catch {
    // Whoever writes there next says what is wrong.
  }
}
