import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { environment } from '../environment.ts'
import { describeCpu } from './cpu.ts'
import { tryApart } from './trialProcess.ts'

interface Verdict {
  key: string
  /** Absent if the addon works. */
  reason?: string
}

/**
 * Tries an addon in a process of its own before it is let into this one, once for each build, processor and Node: a
 * library built for another processor ends the process that loads it, and nothing here could catch that.
 *
 * The verdict is kept in THAW_CACHE, else beside the addon; where neither can be written, the trial is repeated.
 * @throws with the reason if the addon does not work
 */
export async function probeAddon(addon: string, cache = environment()['THAW_CACHE']): Promise<void> {
  const key = probeKey(addon)
  const file = join(cache || dirname(addon), 'probe.json')
  let verdict = readVerdict(file)
  if (verdict?.key !== key) {
    verdict = { key, ...(await tryInChild(addon)) }
    await keep(file, verdict)
  }
  if (verdict.reason !== undefined) throw new Error(verdict.reason)
}

/** The build is named by the addon's bytes and time: its libraries are too large to hash at each start. */
function probeKey(addon: string): string {
  const { mtimeMs } = statSync(addon)
  const cpu = describeCpu()
  return createHash('sha256')
    .update(readFileSync(addon))
    .update(JSON.stringify([mtimeMs, cpu.model, cpu.features, process.version, process.arch]))
    .digest('hex')
}

function readVerdict(file: string): Verdict | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Verdict
  } catch {
    return undefined
  }
}

async function tryInChild(addon: string): Promise<{ reason?: string }> {
  // Set there, where getenv sees it: the library says nothing of its own while it loads.
  const script = `process.env.TF_CPP_MIN_LOG_LEVEL = '3'; (${multiplyOnce.toString()})(require(process.argv[1]))`
  try {
    await tryApart(['--eval', script, addon], 120_000)
    return {}
  } catch (error) {
    const { signal, stderr } = error as { signal?: string | null; stderr?: string }
    if (signal) return { reason: `its native library does not run on this processor (it ended by ${signal})` }
    const said = stderr?.split('\n').find((line) => line.startsWith('Error: '))
    return { reason: said?.slice('Error: '.length) ?? 'its native library cannot be loaded' }
  }
}

interface Binding {
  TF_FLOAT: number
  TF_ATTR_BOOL: number
  TF_ATTR_TYPE: number
  createTensor(shape: number[], type: number, values: Float32Array): number
  executeOp(name: string, attributes: object[], inputs: number[], outputs: number): { id: number }[]
  tensorDataSync(id: number): Float32Array
}

/** Runs in the child as source text, so it uses nothing from around it. Large enough for the vectorised routines. */
function multiplyOnce(binding: Binding): void {
  const size = 64
  const matrix = binding.createTensor([size, size], binding.TF_FLOAT, new Float32Array(size * size).fill(1))
  const attributes = [
    { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  ]
  const [product] = binding.executeOp('MatMul', attributes, [matrix, matrix], 1)
  if (binding.tensorDataSync(product!.id)[0] !== size)
    throw new Error('its native library multiplies wrongly')
}

async function keep(file: string, verdict: Verdict): Promise<void> {
  const temporary = `${file}.${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(temporary, JSON.stringify(verdict))
    await rename(temporary, file)
  } catch {
    // A folder that only an administrator may write: the next start tries the addon again.
  }
}
