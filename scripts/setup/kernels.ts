import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KernelsAbout } from '../../src/main/engine/backend/vendor.ts'
import {
  librariesPath,
  nativeAddon,
  ownKernelsFolder,
  ownKernelsFor,
  tensorflowFolder,
} from '../../src/main/engine/backend/vendor.ts'
import { command } from '../../src/main/engine/command.ts'
import { onPath } from './tools.ts'

const sources = join(import.meta.dirname, '../../native')

/** Systems that the kernels are written for; elsewhere TensorFlow's own operations compute. */
const isKnownSystem = process.platform === 'linux' && process.arch === 'x64'

function madeOf(vendor: string): string {
  const hash = createHash('sha256').update(nativeAddon(vendor)?.download ?? '')
  for (const file of readdirSync(sources).toSorted())
    hash.update(file).update(readFileSync(join(sources, file)))
  return hash.digest('hex')
}

/** Whether the kernels can be compiled here and were not yet, of these sources and for this library. */
export function kernelsAreMissing(vendor: string): boolean {
  if (!isKnownSystem) return false
  try {
    const about = JSON.parse(
      readFileSync(join(vendor, ownKernelsFolder, 'about.json'), 'utf8'),
    ) as KernelsAbout
    return about.madeOf !== madeOf(vendor)
  } catch {
    return true
  }
}

/**
 * Compiles our own kernels (`native/`) into vendor/kernels, for each kind of processor: an installer carries them to other machines.
 * @param staging a folder on the same disk; nothing outside it changes before everything is in place
 * @throws where a compiler is missing; with the compiler's first error
 */
export async function setUpKernels(
  vendor: string,
  staging: string,
  say: (line: string) => void,
): Promise<void> {
  const compiler = ['g++', 'c++', 'clang++'].find(onPath)
  if (compiler === undefined) throw new Error('a C++ compiler is missing')
  say('kernels of its own: compiling')
  const folder = join(staging, ownKernelsFolder)
  await mkdir(folder)
  const libraries = join(tensorflowFolder(vendor), librariesPath)
  const linked = readdirSync(libraries).filter((file) => /^libtensorflow.*\.so\.2$/.test(file))
  for (const { file, architecture } of ownKernelsFor)
    await command(
      compiler,
      [
        ...['-std=c++17', '-O3', `-march=${architecture}`, '-mprefer-vector-width=512', '-fPIC', '-shared'],
        ...['-fvisibility=hidden', '-pthread', '-Wno-psabi', '-o', join(folder, file)],
        ...[join(sources, 'kernels.cc'), `-L${libraries}`, ...linked.map((name) => `-l:${name}`)],
        `-Wl,-rpath,$ORIGIN/../tensorflow/${librariesPath}`,
      ],
      { timeout: 1_200_000 },
    )
  const about: KernelsAbout = { madeOf: madeOf(vendor) }
  await writeFile(join(folder, 'about.json'), JSON.stringify(about, null, 2))
  await rm(join(vendor, ownKernelsFolder), { recursive: true, force: true })
  await rename(folder, join(vendor, ownKernelsFolder))
}
