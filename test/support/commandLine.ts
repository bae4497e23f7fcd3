import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const cli = fileURLToPath(new URL('../../src/main/cli.ts', import.meta.url))
const inCheckout = fileURLToPath(new URL('../../scripts/thaw.ts', import.meta.url))
const launcher = fileURLToPath(new URL('../../scripts/node24.mjs', import.meta.url))

export interface Result {
  code: number | null
  signal: NodeJS.Signals | null
  out: string
  err: string
}

/** A `thaw` that runs: the real program in a process of its own. */
export interface Running {
  child: ChildProcess
  /** Resolves with the first line of standard output that holds `text`; rejects if the process ends without it. */
  line: (text: string) => Promise<string>
  ended: Promise<Result>
}

export interface StartOptions {
  env?: Record<string, string>
  cwd?: string
  /** Through scripts/node24.mjs, as npm starts it. */
  launched?: boolean
  /** By `scripts/thaw.ts`, which sees to what a checkout lacks. */
  inCheckout?: boolean
  /** Bytes that a file may grow to, as on a disk that is full. */
  fileLimit?: number
}

export function startThaw(args: readonly string[], options: StartOptions = {}): Running {
  const program = [
    process.execPath,
    ...(options.launched ? [launcher] : ['--disable-warning=ExperimentalWarning']),
  ]
  const command = [...program, options.inCheckout ? inCheckout : cli, ...args]
  // The shell's unit is 1 KiB. Node ignores SIGXFSZ, so that a write beyond the limit fails with EFBIG.
  const limited = ['bash', '-c', `ulimit -f ${Math.ceil((options.fileLimit ?? 0) / 1024)}; exec "$@"`, 'bash']
  const [file, ...rest] = options.fileLimit === undefined ? command : [...limited, ...command]
  const child = spawn(file!, rest, {
    cwd: options.cwd,
    env: { ...process.env, THAW_SETUP: 'skip', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  const waiting = new Set<() => void>()
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    for (const look of waiting) look()
  })
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = new Promise<Result>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, out, err }))
  })
  const line = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = out
          .split('\n')
          .slice(0, -1)
          .find((one) => one.includes(text))
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      void ended.then(({ code, signal }) =>
        reject(new Error(`ended with ${code ?? signal} before “${text}”: ${err}`)),
      )
    })
  return { child, line, ended }
}

export const thaw = (args: readonly string[], options?: StartOptions): Promise<Result> =>
  startThaw(args, options).ended

/** Standard output, a JSON object a line. */
export const objects = <T = Record<string, unknown>>({ out }: Pick<Result, 'out'>): T[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as T)
