import { readFileSync } from 'node:fs'
import { systemCode } from './files.ts'

/** Fields of /proc/PID/stat from the state on (proc(5), field 3); undefined where there is no such file. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name before it stands in brackets and may hold spaces and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** Whether a process runs. One that has ended and whose parent does not care stays as a zombie: it does nothing any more. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
  return statOf(pid)?.[0] !== 'Z'
}

/** When a process began (field 22, ticks since the machine did): numbers are given again. undefined where that is not told. */
export const beginOf = (pid: number): string | undefined => statOf(pid)?.[19]
