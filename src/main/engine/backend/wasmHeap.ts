/** The part of an Emscripten module that hands out its heap. Addresses come as signed numbers. */
export interface HeapModule {
  readonly HEAPU8: Uint8Array
  _malloc: (bytes: number) => number
  _free: (address: number) => void
}

/** The heap's part of a module, which the package's types leave out. */
export const heapOf = (module: object): HeapModule => module as HeapModule

/** From this size on, blocks fill the managed region from its start. */
const largeBytes = 2 ** 27
/** Below this size, the module's own allocator does well. */
const smallBytes = 2 ** 20
/** What is left to it of four gigabytes: the kernels keep copies of filters there. */
const regionBytes = 2 ** 32 - 2 ** 29
/** A region that cannot be had is asked for smaller by this. */
const stepBytes = 2 ** 28
const alignment = 64

/**
 * Sees to it that a heap of at most four gigabytes holds what it can, and that its end is an error: the backend does not look
 * whether it got memory, and would write its numbers over the module's own data at address 0.
 *
 * VGG16's training needs up to seven blocks of 411 MB, and in between small gradients that come while activations are there and
 * stay when those are gone. An allocator that gives everybody the first place that fits leaves a gigabyte in gaps that are too
 * small. So as soon as one block is large, most of the heap is taken at once, and large blocks are laid from its start on, those
 * of middling size from its end. Address space that was never written to takes no memory.
 */
export function manageHeap(module: Pick<HeapModule, '_malloc' | '_free'>): void {
  // Emscripten's functions replace themselves in the module when they are called first.
  module._free(module._malloc(1))
  const { _malloc: malloc, _free: free } = module
  const given = new Map<number, number>()
  let region: Region | undefined

  function openRegion(): Region {
    for (let bytes = regionBytes; bytes > largeBytes; bytes -= stepBytes) {
      const start = malloc(bytes) >>> 0
      if (start !== 0) return new Region(start, bytes)
    }
    return new Region(0, 0)
  }

  module._malloc = (bytes) => {
    const isLarge = bytes >= largeBytes
    if (isLarge) region ??= openRegion()
    if (region && bytes >= smallBytes) {
      const size = Math.ceil(bytes / alignment) * alignment
      const address = region.take(size, isLarge)
      if (address !== null) {
        given.set(address, size)
        return address
      }
    }
    const address = malloc(bytes) >>> 0
    if (address === 0 && bytes > 0)
      throw new Error(`Cannot enlarge memory: WebAssembly’s heap has no ${bytes} bytes left`)
    return address
  }
  module._free = (signed) => {
    const address = signed >>> 0
    const size = given.get(address)
    if (size === undefined) {
      free(address)
      return
    }
    given.delete(address)
    region!.give(address, size)
  }
}

/** A stretch of the heap; free ranges are kept in the order of their addresses, and never touch. */
class Region {
  private readonly ranges: { from: number; to: number }[]

  constructor(start: number, bytes: number) {
    const aligned = Math.ceil(start / alignment) * alignment
    this.ranges = [{ from: aligned, to: start + bytes }]
  }

  /** The first place that is large enough, from the start or from the end; null if there is none. */
  take(bytes: number, fromStart: boolean): number | null {
    const fits = ({ from, to }: { from: number; to: number }) => to - from >= bytes
    const index = fromStart ? this.ranges.findIndex(fits) : this.ranges.findLastIndex(fits)
    const range = this.ranges[index]
    if (!range) return null
    const address = fromStart ? range.from : Math.floor((range.to - bytes) / alignment) * alignment
    const left = [
      { from: range.from, to: address },
      { from: address + bytes, to: range.to },
    ]
    this.ranges.splice(index, 1, ...left.filter(({ from, to }) => to > from))
    return address
  }

  give(address: number, bytes: number): void {
    const after = this.ranges.findIndex(({ from }) => from > address)
    const index = after === -1 ? this.ranges.length : after
    const range = { from: address, to: address + bytes }
    const [before, next] = [this.ranges[index - 1], this.ranges[index]]
    const joinsBefore = before?.to === range.from
    const joinsNext = next?.from === range.to
    if (joinsBefore) range.from = before.from
    if (joinsNext) range.to = next.to
    this.ranges.splice(index - Number(joinsBefore), Number(joinsBefore) + Number(joinsNext), range)
  }
}
