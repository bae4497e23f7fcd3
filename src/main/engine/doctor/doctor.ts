import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { describeCpu, type CpuDescription } from '../backend/cpu.ts'
import { findGpus, type Finding, type GraphicsCard } from '../backend/gpu.ts'
import { openBackend } from '../backend/open.ts'
import type { Backend, BackendName } from '../backend/types.ts'
import { starterWeights, type WeightsAbout } from '../backend/vendor.ts'

export interface Problem {
  code: string
  what: string
  advice: string
}

/** What this machine has for Thaw, and what to do about what is missing. */
export interface Diagnosis {
  backend: BackendName | null
  backendVersion: string | null
  threads: number
  device: string
  /** Bytes, within the limits that a container sets. */
  memory: { total: number; available: number }
  starterWeights: (WeightsAbout & { path: string }) | null
  /** Version of the Electron that is there to start, if any. */
  electron: string | null
  node: string
  cpu: CpuDescription
  gpus: GraphicsCard[]
  problems: Problem[]
}

/** Below this even batches of one are tight for the larger networks. */
const littleMemory = 2 ** 31

/** Opens the backend, looks around and tells. Nothing is changed, and nothing found is thrown. */
export async function doctor(): Promise<Diagnosis> {
  const [{ backend, problems }, { cards, problems: gpuProblems }] = await Promise.all([
    tryBackend(),
    findGpus(),
  ])
  const memory = describeMemory()
  const weights = starterWeights() ?? null
  if (!weights) problems.push({ code: 'doctor.no-starter-weights', parameters: {} })
  if (memory.available < littleMemory) {
    problems.push({ code: 'doctor.little-memory', parameters: { available: gigabytes(memory.available) } })
  }
  problems.push(...gpuProblems)
  const usable = gpuProblems.length === 0 ? cards[0] : undefined
  if (usable && !backend?.gpu) problems.push({ code: 'gpu.unused', parameters: { card: usable.name } })
  const cpu = describeCpu()
  return {
    backend: backend?.name ?? null,
    backendVersion: backend?.version ?? null,
    threads: backend?.threads ?? cpu.cores,
    device: backend?.device ?? cpu.model,
    memory,
    starterWeights: weights,
    electron: electronVersion(),
    node: process.versions.node,
    cpu,
    gpus: cards,
    problems: problems.map(asProblem),
  }
}

async function tryBackend(): Promise<{ backend?: Backend; problems: Finding[] }> {
  try {
    const backend = await openBackend()
    const reason = backend.why[0]
    if (reason === undefined) return { backend, problems: [] }
    const names: Record<BackendName, string> = {
      tensorflow: 'TensorFlow',
      wasm: 'WebAssembly',
      cpu: 'JavaScript',
    }
    return {
      backend,
      problems: [{ code: 'doctor.slow-backend', parameters: { backend: names[backend.name], reason } }],
    }
  } catch (error) {
    const { code, parameters } = plainError(error)
    return { problems: [{ code, parameters }] }
  }
}

function describeMemory(): Diagnosis['memory'] {
  // Without a limit the constrained memory is 0, or larger than the machine's.
  const limit = process.constrainedMemory() || os.totalmem()
  return { total: Math.min(os.totalmem(), limit), available: process.availableMemory() }
}

/** The Electron of a checkout, whose binary is not part of the npm package, or the one of the installed app. */
function electronVersion(): string | null {
  if (process.env['THAW_ELECTRON']) return process.env['THAW_ELECTRON']
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
    return readFileSync(join(folder, 'dist/version'), 'utf8').trim()
  } catch {
    return null
  }
}

function asProblem({ code, parameters }: Finding): Problem {
  const error = new ThawError(code, parameters)
  return { code, what: error.message, advice: error.advice }
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`
