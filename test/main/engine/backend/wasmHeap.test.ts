import { expect, it } from 'vitest'
import { manageHeap } from '../../../../src/main/engine/backend/wasmHeap.ts'
import { randomFor } from '../../../../src/shared/random.ts'

const [mebibyte, gibibyte] = [2 ** 20, 2 ** 30]

/** A module whose own allocator hands out one address after the other, as signed numbers, and takes none back. */
function heapOf(bytes: number) {
  let end = 1024
  const asked: number[] = []
  const module = {
    _malloc: (size: number): number => {
      if (end + size > bytes) return 0
      const address = end
      end += size
      asked.push(size)
      return address | 0
    },
    _free: (): void => undefined,
  }
  manageHeap(module)
  const managed: { _malloc: (size: number) => number; _free: (address: number) => void } = module
  return {
    asked,
    take: (size: number) => managed._malloc(size),
    give: (address: number) => {
      managed._free(address)
    },
  }
}

it('leaves small blocks, and middling ones before there was a large one, to the module', () => {
  const { asked, take } = heapOf(4 * gibibyte)
  take(1000)
  take(64 * mebibyte)
  expect(asked).toEqual([1, 1000, 64 * mebibyte])
})

it('says so when nothing is left, where the module gives address 0', () => {
  const { take } = heapOf(64 * mebibyte)
  expect(() => take(65 * mebibyte)).toThrow('Cannot enlarge memory')
  expect(() => take(512 * mebibyte)).toThrow('Cannot enlarge memory')
})

it('lays large blocks side by side, whatever middling ones were taken and given back in between', () => {
  const { take, give } = heapOf(4 * gibibyte)
  const large = [take(411e6)]
  const middling = Array.from({ length: 8 }, () => take(100e6))
  const stays = take(9e6)
  middling.forEach(give)
  for (let i = 1; i < 7; i += 1) large.push(take(411e6))
  expect(Math.max(...large)).toBeLessThan(stays)
  expect(large.at(-1)! - large[0]!).toBeLessThan(6.01 * 411e6)
})

it('uses the space of a block that was given back', () => {
  const { take, give } = heapOf(4 * gibibyte)
  const [first, second] = [take(200e6), take(200e6)]
  give(first)
  expect(take(200e6)).toBe(first)
  give(first)
  give(second)
  // As a signed number, as the module's own functions know addresses.
  const third = take(3 * gibibyte)
  expect(third).toBe(first)
  give(third | 0)
  expect(take(3 * gibibyte)).toBe(first)
})

it('never hands out a byte twice', () => {
  const { take, give } = heapOf(4 * gibibyte)
  const random = randomFor(1, 'sample', 1)
  const held: { from: number; to: number }[] = []
  take(2 ** 27)
  for (let i = 0; i < 2000; i += 1) {
    if (held.length > 12 || (held.length > 0 && random.uniform() < 0.4)) {
      const [block] = held.splice(Math.floor(random.uniform() * held.length), 1)
      give(block!.from)
      continue
    }
    const size = Math.ceil(mebibyte * (1 + 200 * random.uniform()))
    const from = take(size)
    expect(from % 4).toBe(0)
    expect(held.every((it) => it.to <= from || it.from >= from + size)).toBe(true)
    held.push({ from, to: from + size })
  }
})
