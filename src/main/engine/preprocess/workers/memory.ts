import { setTimeout as sleep } from 'node:timers/promises'

/** Counted in KiB, so that 32 bits reach 2 TiB. */
const unit = 1024
const pause = 5

/**
 * Memory that several threads decode into, counted in cells that they share: the sum, then what each one holds. So two
 * photos of 100 megapixels are decoded one after the other, and twenty small ones at once.
 */
export class SharedMemory {
  readonly cells: SharedArrayBuffer
  private readonly held: Int32Array

  constructor(cells: SharedArrayBuffer) {
    this.cells = cells
    this.held = new Int32Array(cells)
  }

  /** The first cell is the limit. */
  static of(bytes: number, members: number): SharedMemory {
    const memory = new SharedMemory(new SharedArrayBuffer((2 + members) * Int32Array.BYTES_PER_ELEMENT))
    memory.held[0] = Math.ceil(bytes / unit)
    return memory
  }

  /** Waits until there is room. One photo that is larger than all of it comes through when nothing else is held. */
  async take(member: number, bytes: number): Promise<void> {
    const wanted = Math.ceil(bytes / unit)
    for (;;) {
      const sum = Atomics.load(this.held, 1)
      const fits = sum === 0 || sum + wanted <= this.held[0]!
      if (fits && Atomics.compareExchange(this.held, 1, sum, sum + wanted) === sum) {
        Atomics.add(this.held, 2 + member, wanted)
        return
      }
      if (!fits) await sleep(pause)
    }
  }

  /** Gives back all that a member holds; also done for one that died. */
  release(member: number): void {
    Atomics.sub(this.held, 1, Atomics.exchange(this.held, 2 + member, 0))
  }
}
