import { readFileSync } from 'node:fs'

/** The state of a process (proc(5), field 3 of /proc/PID/stat); undefined where there is no such file. */
function stateOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name before it stands in brackets and may hold spaces and brackets.
    return text[text.lastIndexOf(')') + 2]
  } catch {
    return undefined
  }
}

/** Whether a process runs. One that has ended and whose parent does not care stays as a zombie: it does nothing any more. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return stateOf(pid) !== 'Z'
}
