import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../build/targets.ts'

interface LockEntry {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Node itself is laid beside the engine, not among its packages; types are for the compiler. */
const isLeftOut = (name: string) => /^node-(linux|win|darwin)-|^@types\//.test(name)

/** What packages name as their dependencies for parts of them that the engine never loads, or have in their bundle already. */
const unloaded: Readonly<Record<string, readonly string[]>> = {
  // Its command line, and shims for old browsers; WebGL is registered by its main file.
  '@tensorflow/tfjs': ['argparse', 'chalk', 'core-js', 'regenerator-runtime', 'yargs'],
  // How it installs its own library: ours comes from vendor/.
  '@tensorflow/tfjs-node-gpu': [
    '@mapbox/node-pre-gyp',
    'adm-zip',
    'https-proxy-agent',
    'progress',
    'rimraf',
    'tar',
  ],
  '@tensorflow/tfjs-backend-wasm': ['@types/emscripten'],
  'onnxruntime-web': ['flatbuffers', 'guid-typescript', 'long', 'platform', 'protobufjs'],
  // Thaw speaks MCP over standard input and output; these serve it over HTTP.
  '@modelcontextprotocol/sdk': [
    '@hono/node-server',
    'cors',
    'cross-spawn',
    'eventsource',
    'eventsource-parser',
    'express',
    'express-rate-limit',
    'hono',
    'jose',
    'pkce-challenge',
    'raw-body',
  ],
}

/** Where a package finds another one: below itself, else below what it lies in. */
function found(packages: Readonly<Record<string, unknown>>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (Object.hasOwn(packages, place)) return place
    if (folder === '') return undefined
  }
}

/** Folders of the packages that the engine loads when it runs, below the root: from the lock file, dependency by dependency. */
export function runtimePackages(): string[] {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as { packages: Record<string, LockEntry> }
  const reached = new Set<string>()
  const visit = (folder: string): void => {
    const { dependencies, optionalDependencies } = packages[folder]!
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (isLeftOut(needed) || unloaded[name]?.includes(needed)) continue
      const place = found(packages, folder, needed)
      if (place === undefined || reached.has(place)) continue
      reached.add(place)
      visit(place)
    }
  }
  visit('')
  return [...reached].sort()
}

/** Bundles and variants for browsers, and sources, of packages whose folder for Node is known. */
const browserOnly: readonly RegExp[] = [
  // TensorFlow.js ships each of its packages seven times over; Node loads the one that `main` names. tf.min.js goes into exported pages.
  /^\/node_modules\/@tensorflow\/tfjs(-(core|layers|converter|data|backend-(cpu|webgl|wasm)))?\/dist\/(?!(.*\.node|tf\.min)\.js$)/,
  // Of its five builds of WebAssembly Node's entry loads the plain one.
  /^\/node_modules\/onnxruntime-web\/(lib\/|dist\/(?!ort\.node\.min\.mjs$|ort-wasm-simd-threaded\.(mjs|wasm)$))/,
  /^\/node_modules\/onnxruntime-common\/lib\//,
  /^\/node_modules\/zod\/src\//,
  /^\/node_modules\/libheif-js\/(libheif\/libheif\.js|libheif-wasm\/(?!libheif-bundle\.mjs$|LICENSE))/,
]

/** What is never read when it runs: maps, types, sources and bundles for browsers, tests. Licences stay. */
export function isNeeded(file: string): boolean {
  if (/\.(map|d\.ts|d\.mts|d\.cts|tsbuildinfo|flow)$/.test(file)) return false
  if (/\/(test|tests|__tests__|docs|example|examples|benchmark)\//.test(file)) return false
  return !browserOnly.some((pattern) => pattern.test(file))
}
