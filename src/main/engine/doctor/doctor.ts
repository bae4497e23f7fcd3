import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { dirname, join } from 'node:path'
import type { Problem } from '../../../shared/api/errors.ts'
import { plainError } from '../../../shared/errors.ts'
import type { GpuMode } from '../../../shared/gpu.ts'
import { describeCpu, type CpuDescription } from '../backend/cpu.ts'
import { asProblem, findGpus, type Finding, type GraphicsCard } from '../backend/gpu.ts'
import { gpuChoice } from '../backend/graphics.ts'
import { openBackend } from '../backend/open.ts'
import type { Backend, BackendName } from '../backend/types.ts'
import { starterWeights, type WeightsAbout } from '../backend/vendor.ts'
import { environment } from '../environment.ts'
import { readPackList } from '../gpu/packList.ts'

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
  /** How a card computes; null: the processor does. */
  gpu: GpuMode | null
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
  // Where the library looked for a card, it met them already.
  problems.push(...gpuProblems.filter(({ code }) => !problems.some((it) => it.code === code)))
  const usable = gpuProblems.length === 0 ? cards[0] : undefined
  if (usable && backend?.gpu === null && backend.noGpu === null && (await gpuChoice()) !== 'off')
    problems.push(unused(usable))
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
    gpu: backend?.gpu ?? null,
    problems: problems.map(asProblem),
  }
}

/** What to do about a card that could compute. */
function unused({ name }: GraphicsCard): Finding {
  const platform = `${process.platform}-${process.arch}`
  return readPackList().platform === platform
    ? { code: 'gpu.unused', parameters: { card: name } }
    : { code: 'gpu.unsupported', parameters: { platform } }
}

async function tryBackend(): Promise<{ backend?: Backend; problems: Finding[] }> {
  try {
    const backend = await openBackend()
    const reason = backend.why[0]
    const { noGpu } = backend
    const problems: Finding[] = noGpu === null ? [] : [noGpu]
    if (reason === undefined) return { backend, problems }
    const names: Record<BackendName, string> = {
      tensorflow: 'TensorFlow',
      wasm: 'WebAssembly',
      cpu: 'JavaScript',
    }
    return {
      backend,
      problems: [
        ...problems,
        { code: 'doctor.slow-backend', parameters: { backend: names[backend.name], reason } },
      ],
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
  const { THAW_ELECTRON: running } = environment()
  if (running) return running
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
    return readFileSync(join(folder, 'dist/version'), 'utf8').trim()
  } catch {
    return null
  }
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`
