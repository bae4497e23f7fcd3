/** The ways to compute, best first. `cpu` is TensorFlow.js in plain JavaScript: slow, but it runs wherever Node does. */
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
  readonly gpu: boolean
  /** Whether the same operations give the same bits again, in another process too, with the same thread count. */
  readonly deterministic: boolean
  /** Why each better backend was not taken, a sentence each. */
  readonly why: readonly string[]
  /** Ends its threads. No tensor of this backend may be used afterwards. */
  close(): Promise<void>
}

/** A backend as its loader gives it: `openBackend` knows why it came to this one. */
export type LoadedBackend = Omit<Backend, 'why'>
