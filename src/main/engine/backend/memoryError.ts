import { ThawError } from '../../../shared/errors.ts'

/**
 * How TensorFlow (`Invalid TF_Status: 8`, RESOURCE_EXHAUSTED), CUDA and its libraries, WebAssembly and V8 say that memory is at an
 * end.
 */
const outOfMemory =
  /\bOOM when allocating\b|Invalid TF_Status: 8\b|RESOURCE_EXHAUSTED|CUDA_ERROR_OUT_OF_MEMORY|\bCU(DNN|BLAS|SOLVER)_STATUS_(INTERNAL_ERROR_)?ALLOC_FAILED|failed to allocate memory|std::bad_alloc|Array buffer allocation failed|Cannot enlarge memory|Aborted\(OOM\)|WebAssembly\.Memory\.grow\(\)|Invalid (typed )?array (buffer )?length/i

const notDeterministic = /deterministic (GPU )?implementation of (\S+) is not/i

/**
 * Turns what a backend throws where the device is at its limits into what a person can act on; all other errors come back as they
 * are.
 * @param parts photos that were computed at once
 * @param fits the largest number of photos that the forecast gives room
 */
export function deviceError(error: unknown, device: string, parts: number, fits: number): unknown {
  if (!(error instanceof Error) || error instanceof ThawError) return error
  const missing = notDeterministic.exec(error.message)?.[2]
  if (missing !== undefined)
    return new ThawError(
      'gpu.not-deterministic',
      { reason: `TensorFlow has none for ${missing}` },
      { cause: error },
    )
  if (!outOfMemory.test(error.message)) return error
  // What the forecast thought would fit has just failed, so the next smaller power of two is the most to try.
  const batch = Math.min(fits, 2 ** (Math.ceil(Math.log2(parts)) - 1))
  return batch < 1
    ? new ThawError('backend.memory-least', { device }, { cause: error })
    : new ThawError('backend.memory', { device, parts, batch }, { cause: error })
}
