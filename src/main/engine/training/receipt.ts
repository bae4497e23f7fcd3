import { createHash } from 'node:crypto'
import { ThawError } from '../../../shared/errors.ts'
import type { TensorReceipt } from '../../../shared/run.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import type { Weights } from '../model/weights.ts'

/**
 * The freeze receipt: for every tensor, whether any byte changed since it was last asked. A cheap fingerprint over all bits
 * tells what changed; only that is hashed again.
 */
export class Receipt {
  private readonly weights: Weights
  private readonly kernels: Kernels
  private readonly known = new Map<string, { fingerprint: number; hash: string }>()

  constructor(weights: Weights, kernels: Kernels) {
    this.weights = weights
    this.kernels = kernels
    for (const name of this.names()) this.known.set(name, this.look(name))
  }

  private names(): string[] {
    return this.weights.specs.filter((spec) => spec.dtype === 'float32').map((spec) => spec.name)
  }

  private fingerprint(name: string): number {
    return this.kernels.fingerprint(this.weights.get(name))
  }

  private look(name: string): { fingerprint: number; hash: string } {
    const values = this.weights.take(name)
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    return { fingerprint: this.fingerprint(name), hash }
  }

  /**
   * @param mayChange whether a tensor learns, or is a statistic that is updated
   * @throws ThawError run.frozen-changed
   */
  issue(mayChange: (name: string) => boolean): TensorReceipt[] {
    return this.names().map((name) => {
      const before = this.known.get(name)!
      const changed = this.fingerprint(name) !== before.fingerprint
      const frozen = !mayChange(name)
      if (frozen && changed) throw new ThawError('run.frozen-changed', { tensor: name })
      const now = changed ? this.look(name) : before
      this.known.set(name, now)
      return { name, frozen, changed, hash: now.hash }
    })
  }
}
