import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeCpu } from './cpu.ts'
import { environment } from '../environment.ts'

/** Raised when what set-up lays into vendor/ changes its form: what an older set-up made is then made anew. */
export const vendorFormat = 1

/** What set-up writes beside the native library once everything lies in its place. */
export interface TensorflowAbout {
  format: number
  /** Version of TensorFlow. */
  version: string
  /** Version of cuDNN, in the GPU pack. */
  cudnn?: string
  /** Where the library came from, for people: a package with its version, or an address. */
  source: string
  /** SHA-256 of what was downloaded. */
  download: string
  /** The addon's path inside the folder; it finds the libraries by their place beside it. */
  addon: string
  /** Path and bytes of each file. */
  files: Record<string, number>
}

/** What set-up writes beside the starter weights. */
export interface WeightsAbout {
  format: number
  file: string
  network: string
  bytes: number
  sha256: string
  source: string
  licence: string
}

/** Where the native library and the starter weights lie: THAW_VENDOR (the installed app), else vendor/ of the checkout. */
export function vendorFolder(env = environment()): string {
  return env['THAW_VENDOR'] || fileURLToPath(new URL('../../../../vendor', import.meta.url))
}

export const tensorflowFolder = (vendor = vendorFolder()): string => join(vendor, 'tensorflow')

export const weightsFolder = (vendor = vendorFolder()): string => join(vendor, 'weights')

/** The description in a folder, or undefined where there is none that this version understands. */
function readAbout(folder: string): unknown {
  try {
    const about = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')) as { format: number }
    return about.format === vendorFormat ? about : undefined
  } catch {
    return undefined
  }
}

export type NativeAddon = TensorflowAbout & { folder: string; path: string }

/** The addon that set-up brought, or undefined where there is none or a file of it is missing or cut short. */
export const nativeAddon = (vendor = vendorFolder()): NativeAddon | undefined =>
  addonIn(tensorflowFolder(vendor))

/** The addon in a folder that is laid out as set-up does it, or undefined. */
export function addonIn(folder: string): NativeAddon | undefined {
  const about = readAbout(folder) as TensorflowAbout | undefined
  if (!about || !Object.entries(about.files).every(([file, bytes]) => sizeOf(join(folder, file)) === bytes))
    return undefined
  return { ...about, folder, path: join(folder, about.addon) }
}

/** Where an addon and its libraries lie in relation to each other: binding.gyp's run path says the same. */
export const addonPath = 'lib/napi-v8/tfjs_binding.node'
export const librariesPath = 'deps/lib'

/** The module beside the addon that silences standard error while TensorFlow loads (scripts/setup/mute_stderr.cc). */
export const muteModule = 'mute_stderr.node'

/**
 * Where set-up lays the kernels of our own (`native/`), one module for each kind of processor, the best one first. Every
 * processor with AVX-512VL has the rest of x86-64-v4; some early ones had AVX-512F alone.
 */
export const ownKernelsFolder = 'kernels'
export const ownKernelsFor = [
  { file: 'avx512.node', needs: 'avx512vl', architecture: 'x86-64-v4' },
  { file: 'avx2.node', needs: 'avx2', architecture: 'x86-64-v3' },
] as const

/** What set-up writes beside them. */
export interface KernelsAbout {
  /** SHA-256 of the sources, and of what the library that they were linked against came from. */
  madeOf: string
}

/** The module for this processor beside the library of `addon`, and a name for what it is made of; undefined where there is none. */
export function ownKernels(addon: string): { path: string; name: string } | undefined {
  const features: readonly string[] = describeCpu().features
  const fitting = ownKernelsFor.find(({ needs }) => features.includes(needs))
  if (!fitting) return undefined
  const folder = join(addon, '../../../..', ownKernelsFolder)
  try {
    const { madeOf } = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')) as KernelsAbout
    return { path: join(folder, fitting.file), name: `kernels ${madeOf.slice(0, 8)}` }
  } catch {
    return undefined
  }
}

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size

/** The EfficientNet-Lite0 weights that set-up brought: their path and where they come from; undefined if they are not there. */
export function starterWeights(vendor = vendorFolder()): (WeightsAbout & { path: string }) | undefined {
  const about = readAbout(weightsFolder(vendor)) as WeightsAbout | undefined
  if (!about) return undefined
  const path = join(weightsFolder(vendor), about.file)
  return sizeOf(path) === about.bytes ? { ...about, path } : undefined
}
