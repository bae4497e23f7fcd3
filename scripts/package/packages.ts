import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../build/targets.ts'

interface LockEntry {
  dev?: boolean
  devOptional?: boolean
}

/** Node itself is laid beside the engine, not among its packages. */
const isNode = (folder: string) => /^node_modules\/node-(linux|win|darwin)-/.test(folder)
/** Types are for the compiler. */
const isTypes = (folder: string) => folder.startsWith('node_modules/@types/')

/** Folders of the packages that the engine needs when it runs, from the lock file, below the root. */
export function runtimePackages(): string[] {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as { packages: Record<string, LockEntry> }
  return Object.entries(packages)
    .filter(([folder, { dev, devOptional }]) => folder !== '' && !dev && !devOptional)
    .map(([folder]) => folder)
    .filter((folder) => !isNode(folder) && !isTypes(folder))
}

/** What is never read when it runs: maps, types, sources and bundles for browsers, tests. Licences stay. */
export function isNeeded(file: string): boolean {
  if (/\.(map|d\.ts|d\.mts|d\.cts|tsbuildinfo|flow)$/.test(file)) return false
  if (/\/(test|tests|__tests__|docs|example|examples|benchmark)\//.test(file)) return false
  // TensorFlow.js ships each of its packages seven times over; Node loads the one that `main` names.
  return !/@tensorflow\/tfjs[^/]*\/dist\/.*(\.min\.js|\.es2017\.js|\.fesm\.js|_test\.js)$/.test(file)
}
