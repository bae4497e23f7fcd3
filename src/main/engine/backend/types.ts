/** The ways to compute, best first. `cpu` is TensorFlow.js in plain JavaScript: slow, but it runs wherever Node does. */
import type { GpuMode } from '../../../shared/gpu.ts'
import type { Finding } from './gpu.ts'

export const backendNames = ['tensorflow', 'wasm', 'cpu'] as const

export type BackendName = (typeof backendNames)[number]

/** What computes in this process. Runs record all of it but `why` and `close`. */
export interface Backend {
  readonly name: BackendName
  /** Version of the library that computes: TensorFlow's, or TensorFlow.js' for `wasm` and `cpu`. */
  readonly version: string
  /** Threads an operation may use. Another count gives other last bits. */
  readonly threads: number
  /** The processor or graphics card that computes, as people know it: `AMD EPYC`. */
  readonly device: string
  /** How a graphics card computes; null: the processor does. */
  readonly gpu: GpuMode | null
  /** Bytes that were free on the card when it was taken; null: the processor computes. */
  readonly gpuMemory: number | null
  /** Bytes that its addresses reach; null: all that the machine has. */
  readonly heap: number | null
  /** Why a card for which the GPU pack is installed does not compute; null if it does, or if none was wanted. */
  readonly noGpu: Finding | null
  /** Whether the same operations give the same bits again, in another process too, with the same thread count. */
  readonly deterministic: boolean
  /** Why each better backend was not taken, a sentence each. */
  readonly why: readonly string[]
  /** Ends its threads. No tensor of this backend may be used afterwards. */
  close(): Promise<void>
}

/** A backend as its loader gives it: `openBackend` knows why it came to this one. */
export type LoadedBackend = Omit<Backend, 'why'>
