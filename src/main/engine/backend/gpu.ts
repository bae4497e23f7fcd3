import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Problem } from '../../../shared/api/errors.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { ErrorCode, ErrorParameters } from '../../../shared/errors.ts'

/** A graphics card as nvidia-smi lists it. */
export interface GraphicsCard {
  index: number
  name: string
  driver: string
  memoryMiB: number
  freeMiB: number
  /** NVIDIA's generation number, 8.6 for instance. */
  computeCapability: number
}

export interface Finding {
  code: ErrorCode
  parameters: ErrorParameters
}

/** A finding as a person reads it. */
export function asProblem({ code, parameters }: Finding): Problem {
  const { message, advice } = new ThawError(code, parameters)
  return { code, what: message, advice, parameters: { ...parameters } }
}

export interface GpuFindings {
  cards: GraphicsCard[]
  problems: Finding[]
}

const fields = ['index', 'name', 'driver_version', 'memory.total', 'memory.free', 'compute_cap']

/**
 * The oldest drivers that run programs built for any CUDA 12 (NVIDIA's table of minor version compatibility in the
 * release notes of the CUDA toolkit).
 */
const oldestDriver = process.platform === 'win32' ? '528.33' : '525.60.13'
/** The oldest generation that TensorFlow's builds for CUDA 12 hold code for (Pascal). */
const oldestCapability = 6

/** The NVIDIA cards of this machine and what keeps them from computing. No nvidia-smi means no driver, so no cards. */
export async function findGpus(): Promise<GpuFindings> {
  const query = [`--query-gpu=${fields.join(',')}`, '--format=csv,nounits']
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 10_000, windowsHide: true })
    return parseNvidiaSmi(stdout)
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string }
    return code === 'ENOENT' ? { cards: [], problems: [] } : parseNvidiaSmi(stdout + stderr)
  }
}

/** Reads what nvidia-smi prints for the query above: a table with a header, or a sentence about what is wrong. */
export function parseNvidiaSmi(output: string): GpuFindings {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  if (!lines[0]?.startsWith('index,')) return { cards: [], problems: problemIn(lines) }
  const cards = lines.slice(1).map(cardIn)
  return { cards, problems: cards.flatMap(problemOf) }
}

function cardIn(line: string): GraphicsCard {
  const [index = '', name = '', driver = '', total = '', free = '', capability = ''] = line.split(', ')
  return {
    index: Number(index),
    name,
    driver,
    memoryMiB: Number(total),
    freeMiB: Number(free),
    computeCapability: Number(capability),
  }
}

function problemOf(card: GraphicsCard): Finding[] {
  if (isOlder(card.driver, oldestDriver)) {
    return [{ code: 'gpu.driver-old', parameters: { found: card.driver, needed: oldestDriver } }]
  }
  // Compared negated: drivers of some virtual machines print "[N/A]", and nothing is wrong with those.
  if (card.computeCapability < oldestCapability) {
    const parameters = { card: card.name, found: card.computeCapability, needed: oldestCapability }
    return [{ code: 'gpu.card-old', parameters }]
  }
  return []
}

function problemIn(lines: string[]): Finding[] {
  const text = lines.join(' ')
  if (text === '' || text.includes('No devices were found')) return []
  if (text.includes('version mismatch')) return [{ code: 'gpu.driver-mismatch', parameters: {} }]
  // A driver that does not know a field is from before that field was invented, so before CUDA 12.
  if (text.includes('is not a valid field')) {
    return [{ code: 'gpu.driver-old', parameters: { found: '?', needed: oldestDriver } }]
  }
  return [{ code: 'gpu.driver-stopped', parameters: { reason: lines[0]!.replace(/\.+$/, '') } }]
}

/** Compares dotted version numbers part by part. */
function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]]
  for (const [i, part] of right.entries()) {
    if ((left[i] ?? 0) !== part) return (left[i] ?? 0) < part
  }
  return false
}
