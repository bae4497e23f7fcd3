import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Weights } from '../model/weights.ts'

/**
 * The exponential moving average of what learns, BatchNorm's statistics included, as torch.optim.swa_utils.AveragedModel keeps
 * it: the first update copies, then average += (1 − decay) · (value − average).
 */
export class MovingAverage {
  private readonly decay: number
  private readonly weights: Weights
  private readonly averages = new Map<string, Tensor>()
  private updates = 0

  constructor(decay: number, weights: Weights) {
    this.decay = decay
    this.weights = weights
  }

  /** Names what is averaged from now on. What joins later starts from its value so far, which until then was its average. */
  watch(names: Iterable<string>): void {
    for (const name of names)
      if (!this.averages.has(name)) this.averages.set(name, tf.keep(this.weights.get(name).clone()))
  }

  /** After a step of the optimizer. */
  update(): void {
    for (const [name, average] of this.averages) {
      const value = this.weights.get(name)
      const moved =
        this.updates === 0
          ? value.clone()
          : tf.tidy(() => average.add(value.sub(average).mul(1 - this.decay)))
      this.averages.set(name, tf.keep(moved))
      average.dispose()
    }
    this.updates += 1
  }

  /** Runs `f` with the averages in place of the weights. */
  async during<T>(f: () => Promise<T>): Promise<T> {
    this.exchange()
    try {
      return await f()
    } finally {
      this.exchange()
    }
  }

  private exchange(): void {
    for (const [name, average] of this.averages) {
      const value = tf.keep(this.weights.get(name).clone())
      this.weights.set(name, average)
      this.averages.set(name, value)
    }
  }

  save(): { updates: number; values: Map<string, Float32Array> } {
    const values = new Map<string, Float32Array>()
    // Before the first update they are the weights themselves.
    if (this.updates > 0)
      for (const [name, tensor] of this.averages) values.set(name, this.weights.toPyTorch(name, tensor))
    return { updates: this.updates, values }
  }

  load(updates: number, values: ReadonlyMap<string, Float32Array>): void {
    this.dispose()
    this.updates = updates
    for (const [name, value] of values) this.averages.set(name, tf.keep(this.weights.toEngine(name, value)))
  }

  dispose(): void {
    for (const tensor of this.averages.values()) tensor.dispose()
    this.averages.clear()
  }
}
