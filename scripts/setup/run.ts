import { mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { missingParts, type SetupPart } from './ensure.ts'
import { recordOutcome } from './failures.ts'
import { setUpKernels } from './kernels.ts'
import { withLock } from './lock.ts'
import { setUpTensorflow } from './tensorflow.ts'
import { setUpWeights } from './weights.ts'

type Say = (line: string) => void

interface Part {
  title: string
  bring: (vendor: string, staging: string, say: Say) => Promise<void>
  /** Bytes needed on the disk meanwhile. */
  space: number
  /** What it means if it is missing. */
  otherwise: string
}

const parts: Record<SetupPart, Part> = {
  tensorflow: {
    title: 'TensorFlow',
    bring: setUpTensorflow,
    space: 1.3e9,
    otherwise: 'Thaw computes with WebAssembly, several times slower',
  },
  weights: {
    title: 'starter weights',
    bring: setUpWeights,
    space: 60e6,
    otherwise: 'there is no pretrained network at hand until you give a weight file',
  },
  kernels: {
    title: 'kernels of its own',
    bring: setUpKernels,
    space: 20e6,
    otherwise: "TensorFlow's own operations compute, up to a third slower",
  },
}

/**
 * Brings the missing parts, one after the other, alone on this vendor folder. Failures become one line each and are
 * remembered; nothing is thrown. A part appears complete or not at all: it is made in a staging folder and renamed.
 */
export async function runSetup(
  vendor: string,
  missing: ReadonlySet<SetupPart>,
  quiet: boolean,
): Promise<void> {
  const warn: Say = (line) => console.error(`Set-up: ${line}`)
  const say: Say = quiet ? () => undefined : warn
  try {
    await mkdir(vendor, { recursive: true })
    const wait = (pid: number) => say(`another set-up is at work (process ${pid}); waiting for it`)
    await withLock(join(vendor, 'setup.lock'), () => bringParts(vendor, missing, say, warn), wait)
  } catch (error) {
    warn(`${vendor} cannot be used (${(error as Error).message}): ${parts.tensorflow.otherwise}.`)
  }
}

async function bringParts(
  vendor: string,
  missing: ReadonlySet<SetupPart>,
  say: Say,
  warn: Say,
): Promise<void> {
  await removeLeftovers(vendor)
  const wanted = new Set(missing)
  if (wanted.has('tensorflow')) wanted.add('kernels')
  for (const name of wanted) {
    // While this one waited, another may have brought it.
    if (!missingParts(vendor).has(name)) continue
    const part = parts[name]
    const staging = await mkdtemp(join(vendor, stagingPrefix))
    const started = performance.now()
    try {
      await requireSpace(vendor, part.space)
      await part.bring(vendor, staging, say)
      say(`${part.title}: ready (${((performance.now() - started) / 1000).toFixed(0)} s)`)
      recordOutcome(vendor, name, false)
    } catch (error) {
      warn(`${part.title} could not be set up, so ${part.otherwise}. Reason: ${reasonOf(error)}`)
      recordOutcome(vendor, name, true)
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  }
}

const stagingPrefix = '.staging-'

/** What a set-up that was killed left behind; the lock says that no other is at work. */
async function removeLeftovers(vendor: string): Promise<void> {
  for (const name of await readdir(vendor)) {
    if (name.startsWith(stagingPrefix)) await rm(join(vendor, name), { recursive: true, force: true })
  }
}

async function requireSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free < needed) {
    throw new Error(
      `it needs ${megabytes(needed)} free in ${folder} for a while, and there are ${megabytes(free)}`,
    )
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return 'the disk is full'
  return error instanceof Error ? error.message : String(error)
}
