import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Command, Measured } from './measure.ts'
import { measure } from './measure.ts'
import { largePages } from '../src/main/host/largePages.ts'

/** Where everything lies that a row needs. */
export interface Material {
  /** A folder of the system's temporary files. */
  folder: string
  /** The recipe's photos: train/CLASS and val/CLASS. */
  photos: string
  python: string
  /** The script that people write. */
  peer: string
}

const root = path.join(import.meta.dirname, '..')

/** The peer's fastest float32 setting: the memory format of most CPU kernels, and malloc keeping what it got. */
export const tunables = 'glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=4294967296'

export const sides = [
  'ours',
  'written',
  'fastest',
  'fastest bfloat16',
  'fastest compiled',
  'onnxruntime',
] as const
export type Side = (typeof sides)[number]

/** The command line as it is installed: one process, Node 24 itself, in the launcher's environment. */
const ours = (args: readonly string[], env: Record<string, string>): Command => ({
  program: process.execPath,
  args: ['--disable-warning=ExperimentalWarning', path.join(root, 'scripts', 'thaw.ts'), ...args, '--json'],
  env: { ...largePages, ...env },
})

/** The peer, in one of its settings. */
function peer(
  args: readonly string[],
  side: Exclude<Side, 'ours' | 'onnxruntime'>,
  { python, peer }: Material,
): Command {
  const extra = {
    written: [],
    fastest: ['--channels-last'],
    'fastest bfloat16': ['--channels-last', '--bfloat16'],
    'fastest compiled': ['--channels-last', '--compile'],
  }
  return {
    program: python,
    args: [peer, ...args, ...extra[side]],
    // The launcher's own setting is none of theirs.
    env: { GLIBC_TUNABLES: side === 'written' ? '' : tunables },
  }
}

export interface Jobs {
  /** Arguments of `thaw`; a run's folder is added to `train`. */
  ours: readonly string[]
  /** Arguments of the peer; left out where there is nothing to compare with. */
  peer?: readonly string[]
  /** Arguments of onnx_peer.py, which does the same with ONNX Runtime. */
  onnx?: readonly string[]
  env?: Record<string, string>
}

/** Runs one side of a row. Ours starts cold: in a data folder of its own, so that nothing is reused from another run. */
export async function runSide(side: Side, jobs: Jobs, material: Material): Promise<Measured> {
  if (side === 'onnxruntime') {
    const script = path.join(import.meta.dirname, 'onnx_peer.py')
    return measure({
      program: material.python,
      args: [script, ...(jobs.onnx ?? [])],
      env: { GLIBC_TUNABLES: '' },
    })
  }
  if (side !== 'ours') return measure(peer(jobs.peer ?? [], side, material))
  const home = await mkdtemp(path.join(material.folder, 'home-'))
  try {
    const out = jobs.ours[0] === 'train' ? ['--out', path.join(home, 'run')] : []
    return await measure(ours([...jobs.ours, ...out], { THAW_HOME: home, ...jobs.env }))
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
