import { spawn } from 'node:child_process'

export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Milliseconds after which it is ended. */
  timeout: number
  /** Ends it, and what it has started, at once. */
  signal?: AbortSignal
}

/**
 * Runs a program and gives what it wrote.
 * @throws an Error whose message is the line that most likely tells the cause
 */
export async function command(program: string, args: string[], options: CommandOptions): Promise<string> {
  const { timeout, signal: stop, ...rest } = options
  // What a program has started keeps its pipes open: with a group of their own, all of them can be ended.
  const grouped = stop !== undefined && process.platform !== 'win32'
  const child = spawn(program, args, {
    ...rest,
    detached: grouped,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const kill = () => {
    if (!grouped || child.pid === undefined) return void child.kill('SIGKILL')
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of them have ended.
    }
  }
  // spawn's own timeout holds the process for its whole time if the program cannot be started.
  const timer = setTimeout(kill, timeout)
  if (stop?.aborted) kill()
  stop?.addEventListener('abort', kill, { once: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-100_000)
    })
  }
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Error(`${program} is not installed`) : error)
    })
    child.on('close', (code, signal) => resolve([code, signal]))
  }).finally(() => {
    clearTimeout(timer)
    stop?.removeEventListener('abort', kill)
  })
  if (signal) throw new Error(`${program} was ended (${signal})`)
  if (code !== 0) throw new Error(causeIn(output) || `${program} ended with code ${code ?? ''}`)
  return output
}

/** Compilers and pip say what is wrong in a line with “error” somewhere above the end; others in the last line. */
function causeIn(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const cause = lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? ''
  return cause.slice(0, 300)
}
