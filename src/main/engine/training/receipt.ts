import { createHash } from 'node:crypto'
import { ThawError } from '../../../shared/errors.ts'
import type { TensorReceipt } from '../../../shared/run.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import type { Weights } from '../model/weights.ts'

/** What was last seen of a tensor. */
interface Known {
  fingerprint: number
  /** Taken when it is first asked for: until then the fingerprint is enough. */
  hash?: string
}

/**
 * The freeze receipt: for every tensor, whether any byte changed since it was last asked. A cheap fingerprint over all bits
 * tells what changed; only that is hashed again.
 */
export class Receipt {
  private readonly weights: Weights
  private readonly kernels: Kernels
  private readonly known = new Map<string, Known>()

  /** @param before fingerprints at the start of an epoch that goes on; those of now where there are none */
  constructor(weights: Weights, kernels: Kernels, before: Readonly<Record<string, number>> = {}) {
    this.weights = weights
    this.kernels = kernels
    for (const name of this.names())
      this.known.set(name, { fingerprint: before[name] ?? this.fingerprint(name) })
  }

  /** What was last seen of each tensor, for a checkpoint. */
  fingerprints(): Record<string, number> {
    return Object.fromEntries(Array.from(this.known, ([name, { fingerprint }]) => [name, fingerprint]))
  }

  private names(): string[] {
    return this.weights.specs.filter((spec) => spec.dtype === 'float32').map((spec) => spec.name)
  }

  private fingerprint(name: string): number {
    return this.kernels.fingerprint(this.weights.get(name))
  }

  /** The start of the SHA-256 of the tensor's bytes as they stand in a weight file. */
  private hash(name: string): string {
    const hash = createHash('sha256')
    for (const { buffer, byteOffset, byteLength } of this.weights.pieces(name))
      hash.update(new Uint8Array(buffer, byteOffset, byteLength))
    return hash.digest('hex').slice(0, 16)
  }

  /**
   * @param mayChange whether a tensor learns, or is a statistic that is updated
   * @throws ThawError run.frozen-changed
   */
  issue(mayChange: (name: string) => boolean): TensorReceipt[] {
    return this.names().map((name) => {
      const before = this.known.get(name)!
      const fingerprint = this.fingerprint(name)
      const changed = fingerprint !== before.fingerprint
      const frozen = !mayChange(name)
      if (frozen && changed) throw new ThawError('run.frozen-changed', { tensor: name })
      const hash = (changed ? undefined : before.hash) ?? this.hash(name)
      this.known.set(name, { fingerprint, hash })
      return { name, frozen, changed, hash }
    })
  }
}
