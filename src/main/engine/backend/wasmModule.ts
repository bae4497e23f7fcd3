import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { compileFunction } from 'node:vm'
import { Worker } from 'node:worker_threads'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

type WasmModule = BackendWasm['wasm']

export interface WasmInstance {
  module: WasmModule
  memory: WebAssembly.Memory
  /** Ends the worker threads. They do not keep the process alive, but a test or a change of backend wants them gone. */
  end(): Promise<void>
}

/** The published build starts eight workers and cannot start more while an operation blocks the main thread. */
export const mostThreads = 8

const require = createRequire(import.meta.url)
const folder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out')
const pageBytes = 65_536
/** Bytes that WebAssembly's addresses of 32 bits reach. */
export const largestHeap = 2 ** 32

type Exports = Record<string, unknown>
type Factory = (
  settings: Exports,
) => Promise<WasmModule & { cwrap: Wrap; asm?: { memory?: WebAssembly.Memory } }>
type Wrap = (name: string, returns: 'number' | null, parameters: 'number'[]) => never

/**
 * Instantiates tfjs-backend-wasm's SIMD build, threaded if more than one thread is asked.
 *
 * The package itself never takes the threaded build under Node, though that build runs there. Its script is therefore
 * compiled here, inside a function whose parameters stand in for the globals it would read and set:
 * - `require('os').cpus()` is asked for the number of processors, half of which it uses (it takes every second one for
 *   a hyper-thread): it is told twice what we want;
 * - `Worker` starts the worker's script from memory, where the original wants a file;
 * - `process` keeps the script's handlers of uncaught exceptions away from ours.
 */
export async function instantiateWasm(threads: number): Promise<WasmInstance> {
  const threaded = threads > 1
  const script = join(folder, threaded ? 'tfjs-backend-wasm-threaded-simd.js' : 'tfjs-backend-wasm.js')
  const binary = join(
    folder,
    threaded ? 'tfjs-backend-wasm-threaded-simd.wasm' : 'tfjs-backend-wasm-simd.wasm',
  )
  const memory = threaded
    ? new WebAssembly.Memory({ initial: 1024, maximum: largestHeap / pageBytes, shared: true })
    : undefined
  const workers: Worker[] = []
  const factory = compileScript(script, {
    process: {
      versions: process.versions,
      argv: [],
      hrtime: process.hrtime,
      listeners: () => [],
      on: () => undefined,
    },
    global: {},
    require: (name: string) => {
      if (name === 'os') return { cpus: () => new Array(2 * threads) }
      if (name === 'worker_threads') return {}
      return require(name) as unknown
    },
    Worker: workerFrom(threaded ? workerScript(script) : '', workers),
  })
  const module = await factory({
    ...(memory && { wasmMemory: memory, mainScriptUrlOrBlob: script }),
    locateFile: () => binary,
  })
  for (const worker of workers) worker.unref()
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  }
  return {
    module,
    memory: memory ?? module.asm!.memory!,
    end: async () => {
      // Held again, or the process could end before they have.
      for (const worker of workers) Worker.prototype.ref.call(worker)
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** Runs a CommonJS script with the given names in place of the globals. */
function compileScript(path: string, globals: Exports): Factory {
  const module = { exports: {} as unknown }
  const names = { ...globals, module, exports: module.exports, __filename: path, __dirname: dirname(path) }
  const run = compileFunction(readFileSync(path, 'utf8'), Object.keys(names), { filename: path })
  run(...Object.values<unknown>(names))
  return module.exports as Factory
}

/** The worker's script lies in the package as a string that a module beside the main script exports. */
function workerScript(script: string): string {
  const { wasmWorkerContents } = require(script.replace(/\.js$/, '.worker.js')) as {
    wasmWorkerContents: string
  }
  // The string was written for a template: its line breaks inside quotes have to be escaped once more.
  return wasmWorkerContents.replaceAll('\n', '\\n')
}

function workerFrom(source: string, started: Worker[]): typeof Worker {
  return class extends Worker {
    constructor() {
      // The script is CommonJS, whatever this process was told by its options.
      super(source, { eval: true, execArgv: [] })
      started.push(this)
    }

    /** The script holds the process by a worker as long as a thread runs in it, and the pool's threads never end. */
    override ref(): void {
      // Once unref() was called it stays so.
    }
  }
}
