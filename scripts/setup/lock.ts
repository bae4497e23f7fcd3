import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../../src/main/engine/processes.ts'

/** The holder touches its lock file this often, so that one left behind by a machine that lost power is told apart. */
const beat = 5000
const staleAfter = 60_000

/**
 * Runs work while holding a lock file, so that of two set-ups at once the second waits for the first.
 * A lock whose process is gone counts for nothing.
 * @param waiting is told once, with the holder's process number, if there is a wait
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  waiting: (pid: number) => void,
): Promise<T> {
  let told = false
  while (!take(file)) {
    const holder = holderOf(file)
    if (holder === undefined) continue
    if (!told) waiting(holder)
    told = true
    await sleep(500)
  }
  const heart = setInterval(() => touch(file), beat)
  heart.unref()
  try {
    return await work()
  } finally {
    clearInterval(heart)
    rmSync(file, { force: true })
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid} ${os.hostname()}`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The process that holds the lock; undefined if it is free by now, also because it was stale and is removed. */
function holderOf(file: string): number | undefined {
  try {
    const age = Date.now() - statSync(file).mtimeMs
    const [pid = '', host] = readFileSync(file, 'utf8').split(' ')
    const gone = pid !== '' && host === os.hostname() && !isAlive(Number(pid))
    if (!gone && age < staleAfter) return Number(pid)
    // Renamed first: if two find it stale at once, only one removes it, and never the new one of the other.
    const aside = `${file}.${process.pid}`
    renameSync(file, aside)
    rmSync(aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return undefined
}

function touch(file: string): void {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {
    // Somebody removed it by hand; the work goes on all the same.
  }
}
