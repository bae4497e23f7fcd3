import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { innerContract } from '../../shared/contract.ts'
import type { Client } from '../../shared/rpc.ts'
import { createClient } from '../../shared/rpc.ts'
import { processWire } from '../../shared/wire.ts'
import type { Log } from './log.ts'
import { protocolVersion, version } from '../../shared/version.ts'
import { largePages } from './largePages.ts'

export type Part = 'library' | 'trainer'
export type InnerClient = Client<typeof innerContract>

export interface ChildOptions {
  part: Part
  node: string
  entry: string
  env: NodeJS.ProcessEnv
  log: Log
}

/** One running child process. */
export interface Child {
  client: InnerClient
  pid: number | undefined
  /** Resolves when it is gone, with how it ended ("exit code 1", "SIGKILL"). */
  ended: Promise<string>
  /** Whether its channel is closed: it is ending, or has ended. */
  isGone: () => boolean
  /** Resolves once it has shown that it speaks our version; rejects if it speaks another. */
  greeted: Promise<void>
  kill: () => void
  /** Asks it to end: it finishes what must not be torn apart, and is killed after `timeout` milliseconds. */
  close: (timeout: number) => Promise<void>
}

/**
 * The library has a hundred megabytes of photos' names in hand, of a hundred thousand photos, and V8 would let what is thrown away grow to three
 * times of that before it looks for it.
 */
const flags: Record<Part, readonly string[]> = {
  library: ['--disable-warning=ExperimentalWarning', '--heap-growing-percent=20'],
  trainer: ['--disable-warning=ExperimentalWarning'],
}

function logLines(child: ChildProcess, { log, part }: ChildOptions): void {
  for (const [stream, level] of [
    [child.stdout, 'info'],
    [child.stderr, 'warn'],
  ] as const)
    if (stream) createInterface(stream).on('line', (line) => log.write(level, part, line))
}

async function greet(client: InnerClient, part: Part): Promise<void> {
  const hello = await client.call(`${part}.hello`, {})
  if (hello.protocol !== protocolVersion || hello.version !== version)
    throw new Error(`it is of version ${hello.version} (protocol ${hello.protocol}), this is ${version}`)
}

/** Starts a child. It ends by itself when this process is gone, since its channel closes then. */
export function startChild(options: ChildOptions): Child {
  const { part, node, entry, env } = options
  const child = spawn(node, [...flags[part], entry], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...largePages, ...env },
    windowsHide: true,
  })
  logLines(child, options)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  const wire = processWire(child)
  let isGone = false
  wire.onClose(() => (isGone = true))
  const client = createClient(innerContract, wire, part)
  const kill = () => void child.kill('SIGKILL')
  return {
    client,
    pid: child.pid,
    ended,
    isGone: () => isGone,
    greeted: greet(client, part),
    kill,
    close: async (timeout) => {
      if (child.connected) child.disconnect()
      const timer = setTimeout(kill, timeout)
      await ended
      clearTimeout(timer)
    },
  }
}
