import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** What is needed to start the two children. */
export interface EngineFiles {
  /** A Node 24. */
  node: string
  library: string
  trainer: string
}

const executable = process.platform === 'win32' ? 'node.exe' : 'node'

/** This process's own binary if it is a plain Node 24, else that of the platform package (scripts/node24.mjs). */
function nodeOfCheckout(root: string): string {
  const isElectron = 'electron' in process.versions
  if (!isElectron && process.versions.node.startsWith('24.')) return process.execPath
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const packaged = path.join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', executable)
  // Where there is no such package, people bring a Node 24 of their own.
  return existsSync(packaged) ? packaged : executable
}

/** The engine as source, which Node 24 runs directly. */
export function engineOfCheckout(root: string): EngineFiles {
  const entry = (name: string) => path.join(root, 'src', 'main', 'engine', name)
  return { node: nodeOfCheckout(root), library: entry('library.ts'), trainer: entry('trainer.ts') }
}

/** The engine as packaging lays it beside the app: the same sources with their packages, and a Node (scripts/package.ts). */
export function engineOfPackage(resources: string): EngineFiles {
  return {
    ...engineOfCheckout(path.join(resources, 'engine')),
    node: path.join(resources, 'node', executable),
  }
}

/** The checkout that this source file lies in. */
export const checkoutRoot = (): string => fileURLToPath(new URL('../../..', import.meta.url))
