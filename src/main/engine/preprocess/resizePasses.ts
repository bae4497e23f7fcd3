import { readFileSync } from 'node:fs'

/** Of `count` outputs, which inputs each one averages, and how: fixed-point weights, `taps` a row. */
export interface Coefficients {
  /** [count] first input of each output */
  first: Int32Array
  /** [count] how many inputs it averages */
  length: Int32Array
  /** [count, taps] */
  weights: Int32Array
  taps: number
}

interface Passes {
  memory: WebAssembly.Memory
  rows: (...offsets: number[]) => void
  columns: (...offsets: number[]) => void
}

/** As many rows of the photo are laid into WebAssembly's memory at once as fit: they are there only to be narrowed. */
const stripeBytes = 2 ** 20
/** What a pass may reach behind its data. */
const slack = 16
const pageBytes = 65_536

/** resize.wat, put together; an instance a thread, made when it is first needed. */
let passes: Passes | undefined
function openPasses(): Passes {
  const module = new WebAssembly.Module(readFileSync(new URL('resize.wasm', import.meta.url)))
  return new WebAssembly.Instance(module).exports as unknown as Passes
}

/** Hands out pieces of the memory one behind the other, each beginning at a multiple of 16. */
class Layout {
  bytes = 0
  take(bytes: number): number {
    const offset = this.bytes
    this.bytes += Math.ceil((bytes + slack) / 16) * 16
    return offset
  }
}

const scaled = (values: Int32Array, by: number) => values.map((value) => value * by)

/**
 * Both passes of the resize, the horizontal one first.
 * @param source begins at the first pixel that is looked at; `rows` rows of `stride` bytes
 * @returns [down's count, across' count, 3]
 */
export function resizePasses(
  source: Uint8Array,
  stride: number,
  rows: number,
  across: Coefficients,
  down: Coefficients,
): Uint8Array<ArrayBuffer> {
  const { memory, rows: narrow, columns: flatten } = (passes ??= openPasses())
  const [width, height] = [across.first.length, down.first.length]
  // Of a row only what counts, so that a narrow cut of a wide photo does not lay the whole row in.
  const used = (across.first[width - 1]! + across.length[width - 1]!) * 3
  const stripe = Math.min(rows, Math.max(1, Math.floor(stripeBytes / stride)))
  const layout = new Layout()
  const laid = [across, down].map(({ first, length, weights }) => ({
    first: layout.take(first.byteLength),
    length: layout.take(length.byteLength),
    weights: layout.take(weights.byteLength),
  }))
  const [a, d] = laid as [(typeof laid)[0], (typeof laid)[0]]
  const photo = layout.take(stripe * stride)
  const narrowed = layout.take(rows * width * 3)
  const out = layout.take(height * width * 3)
  const missing = layout.bytes - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))

  const numbers = new Int32Array(memory.buffer)
  const lay = (
    { first, length, weights }: Coefficients,
    at: (typeof laid)[0],
    step: number,
    skip: number,
  ) => {
    numbers.set(
      scaled(
        first.map((it) => it - skip),
        step,
      ),
      at.first / 4,
    )
    numbers.set(length, at.length / 4)
    numbers.set(weights, at.weights / 4)
  }
  lay(across, a, 3, 0)
  lay(down, d, width * 3, down.first[0]!)
  const bytes = new Uint8Array(memory.buffer)
  for (let row = 0; row < rows; row += stripe) {
    const count = Math.min(stripe, rows - row)
    bytes.set(source.subarray(row * stride, (row + count - 1) * stride + used), photo)
    const to = narrowed + row * width * 3
    narrow(photo, stride, count, a.first, a.length, a.weights, across.taps, width, to)
  }
  flatten(narrowed, width * 3, d.first, d.length, d.weights, down.taps, height, out)
  return bytes.slice(out, out + height * width * 3)
}
