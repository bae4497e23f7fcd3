import { createHash } from 'node:crypto'
import { ThawError } from '../../../shared/errors.ts'
import type { TensorReceipt } from '../../../shared/run.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import type { Weights } from '../model/weights.ts'

/** What was last seen of a tensor. */
interface Known {
  fingerprint: number
  changed: boolean
  /** Taken when it is first asked for: until then the fingerprint is enough. */
  hash: string | undefined
}

/**
 * The freeze receipt: for every tensor, whether any byte changed since it was last asked. A cheap fingerprint over all bits
 * tells what changed; only that is hashed again, on its way into the weights' file if it goes there.
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
      this.known.set(name, {
        fingerprint: before[name] ?? this.fingerprint(name),
        changed: false,
        hash: undefined,
      })
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

  /**
   * Looks at every tensor, at the end of an epoch.
   * @param mayChange whether a tensor learns, or is a statistic that is updated
   * @throws ThawError run.frozen-changed
   */
  check(mayChange: (name: string) => boolean): void {
    for (const [name, known] of this.known) {
      const fingerprint = this.fingerprint(name)
      known.changed = fingerprint !== known.fingerprint
      if (known.changed && !mayChange(name)) throw new ThawError('run.frozen-changed', { tensor: name })
      if (known.changed) known.hash = undefined
      known.fingerprint = fingerprint
    }
  }

  /** The tensor's values in pieces, as `Weights` gives them. Those that the receipt has to hash are hashed as they pass. */
  *pieces(name: string): Generator<Float32Array> {
    const known = this.known.get(name)
    if (!known || known.hash !== undefined) {
      yield* this.weights.pieces(name)
      return
    }
    const hash = createHash('sha256')
    for (const piece of this.weights.pieces(name)) {
      yield piece
      // After it was given away: so it is hashed while it is written.
      hash.update(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength))
    }
    known.hash = hash.digest('hex').slice(0, 16)
  }

  /** What the last check found, with the start of the SHA-256 of each tensor's bytes as they stand in a weight file. */
  issue(mayChange: (name: string) => boolean): TensorReceipt[] {
    return Array.from(this.known, ([name, known]) => {
      // What went into no file.
      for (const pieces = this.pieces(name); known.hash === undefined; pieces.next());
      return { name, frozen: !mayChange(name), changed: known.changed, hash: known.hash }
    })
  }
}
