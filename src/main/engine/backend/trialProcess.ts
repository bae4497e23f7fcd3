import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Runs Node with `args` in a process of its own: what may end the process that loads it is tried there first. It is tried for as
 * long as this process runs: when this one ends, nobody waits for the answer, and nothing of it writes into folders that
 * may be taken away by then.
 * @param timeout milliseconds
 * @throws the error of `execFile`, with `signal` and `stderr`
 */
export async function tryApart(args: readonly string[], timeout: number): Promise<void> {
  // It is used once: keeping what it compiled would cost more than it gives.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  const trial = promisify(execFile)(process.execPath, args, { env, timeout, windowsHide: true })
  const end = () => void trial.child.kill('SIGKILL')
  process.once('exit', end)
  try {
    await trial
  } finally {
    process.removeListener('exit', end)
  }
}
