import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'

export interface Command {
  program: string
  args: string[]
  env?: Record<string, string>
}

/** What one process took, from its start to its end: loading libraries and weights counts as it does for a person. */
export interface Measured {
  seconds: number
  /** Processor time of all its threads; unlike `seconds` it hardly depends on what else runs. */
  cpuSeconds: number
  /** Its largest resident set. */
  peakMiB: number
  /** Share of the machine's processor time that everything else took meanwhile: above a tenth, `seconds` says little. */
  others: number
}

/** How often a running process is looked at; both figures only grow, so the last look is what counts. */
const interval = 100
/** Clock ticks a second in /proc (USER_HZ), the same on every Linux. */
const ticks = 100

interface Look {
  cpuSeconds: number
  peakMiB: number
}

/** @returns undefined once the process has ended, and where there is no /proc */
function lookAt(pid: number): Look | undefined {
  try {
    const peak = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // utime and stime stand 12th and 13th after the name, which is in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (peak === undefined) return undefined
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticks, peakMiB: Number(peak) / 1024 }
  } catch {
    return undefined
  }
}

/** Seconds of processor time that each process which this one has started, itself or by others, has taken so far, by what it is. */
export function familySeconds(): Record<string, number> {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8')
    } catch {
      return ''
    }
  }
  const parents = new Map<string, string>()
  for (const pid of readdirSync('/proc').filter((it) => /^\d+$/.test(it)))
    parents.set(pid, read(pid, 'stat').split(') ').at(-1)!.split(' ')[1] ?? '')
  const isOurs = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)))
  const seconds: Record<string, number> = {}
  for (const pid of [...parents.keys()].filter(isOurs)) {
    const line = read(pid, 'cmdline').replaceAll('\0', ' ')
    const role = /--type=(\S+)/.exec(line)?.[1] ?? /(library|trainer)[^/ ]*\.ts/.exec(line)?.[1]
    const name = role ?? (pid === String(process.pid) ? 'server' : 'other')
    seconds[name] = (seconds[name] ?? 0) + (lookAt(Number(pid))?.cpuSeconds ?? 0)
  }
  return seconds
}

/** Seconds of processor time, of all processes together, that this machine has been busy. */
function busySeconds(): number {
  try {
    const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').split(/\s+/)
    return [user, nice, system, irq, softirq, steal].reduce((sum, it) => sum + Number(it), 0) / ticks
  } catch {
    return NaN
  }
}

/**
 * Runs a program to its end; what it writes to standard output is dropped.
 * @throws with the end of its standard error if it fails
 */
export async function measure({ program, args, env }: Command): Promise<Measured> {
  const busy = busySeconds()
  const started = performance.now()
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let look: Look = { cpuSeconds: NaN, peakMiB: NaN }
  const timer = setInterval(() => {
    look = (child.pid === undefined ? undefined : lookAt(child.pid)) ?? look
  }, interval)
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => clearInterval(timer))
  const seconds = (performance.now() - started) / 1000
  if (code !== 0)
    throw new Error(errors.trim().split('\n').slice(-3).join(' ') || `it ended with ${code ?? 'a signal'}`)
  const others = (busySeconds() - busy - look.cpuSeconds) / (seconds * os.availableParallelism())
  return { seconds, ...look, others: Math.max(0, others) }
}

/** The middle one by seconds. */
export function medianOf(rounds: readonly Measured[]): Measured {
  const sorted = rounds.toSorted((a, b) => a.seconds - b.seconds)
  return sorted[Math.floor(sorted.length / 2)]!
}
