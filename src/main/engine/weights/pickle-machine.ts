import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { PickleRules, PickleValue } from './pickle-values.ts'
import { GlobalName, Inert, Stray } from './pickle-values.ts'

/** Bytes of a Python integer; the longest in use is the ten-byte magic number of PyTorch's legacy files. */
const longestInteger = 256
/** An empty dictionary takes one byte of pickle and 300 of memory. */
const mostDictionaries = 2 ** 16
/** Characters of a line in the few opcodes that are text. */
const longestLine = 4096

/** The state of a pickle that is being read: the bytes, the stack with its marks, and the memo. */
export class Machine {
  at: number
  stack: PickleValue[] = []
  /** Stacks below the open marks. */
  readonly below: PickleValue[][] = []
  readonly memo = new Map<number, PickleValue>()
  readonly rules: PickleRules
  #dictionaries = 0
  readonly #bytes: Uint8Array
  readonly #data: DataView
  readonly #file: string

  constructor(bytes: Uint8Array, at: number, file: string, rules: PickleRules) {
    this.#bytes = bytes
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.at = at
    this.#file = file
    this.rules = rules
  }

  damaged(detail: string): ThawError {
    return new ThawError('weights.damaged', { file: this.#file, ...because('pickle-wrong', { detail }) })
  }

  needsCode(name: string): ThawError {
    return new ThawError('weights.needs-code', { file: this.#file, name })
  }

  take(length: number): Uint8Array {
    // Lengths come from the file: nothing is allocated before they are known to lie within it.
    if (!(length >= 0 && this.at + length <= this.#bytes.length))
      throw new ThawError('weights.truncated', { file: this.#file, ...because('pickle-ends') })
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  byte(): number {
    return this.take(1)[0]!
  }

  uint16(): number {
    this.take(2)
    return this.#data.getUint16(this.at - 2, true)
  }

  int32(): number {
    this.take(4)
    return this.#data.getInt32(this.at - 4, true)
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  uint64(): number {
    this.take(8)
    return Number(this.#data.getBigUint64(this.at - 8, true))
  }

  /** Python's floats are big-endian in pickles, unlike its integers. */
  float64(): number {
    this.take(8)
    return this.#data.getFloat64(this.at - 8, false)
  }

  text(length: number): string {
    return Buffer.from(this.take(length)).toString('utf8')
  }

  line(): string {
    const end = this.#bytes.subarray(this.at, this.at + longestLine).indexOf(10)
    if (end < 0) throw this.damaged('a line of its pickle does not end')
    return this.text(end + 1).slice(0, -1)
  }

  /** A little-endian two's-complement integer. */
  integer(length: number): number | bigint {
    if (length > longestInteger) throw this.damaged(`its pickle has an integer of ${length} bytes`)
    const digits = Buffer.from(this.take(length)).reverse().toString('hex')
    const value = digits === '' ? 0n : BigInt.asIntN(8 * length, BigInt(`0x${digits}`))
    return narrow(value)
  }

  push(value: PickleValue): void {
    this.stack.push(value)
  }

  pushDictionary(): void {
    this.#dictionaries += 1
    if (this.#dictionaries > mostDictionaries) throw this.damaged('its pickle has too many dictionaries')
    this.push(new Map())
  }

  pop(): PickleValue {
    const value = this.stack.pop()
    if (value === undefined) throw this.damaged('its pickle takes more than it has')
    return value
  }

  top(): PickleValue {
    const value = this.stack.at(-1)
    if (value === undefined) throw this.damaged('its pickle takes more than it has')
    return value
  }

  mark(): void {
    this.below.push(this.stack)
    this.stack = []
  }

  /** Everything above the last mark, which is taken away. */
  popMark(): PickleValue[] {
    const items = this.stack
    const below = this.below.pop()
    if (!below) throw this.damaged('its pickle lacks a mark')
    this.stack = below
    return items
  }

  topList(): PickleValue[] {
    const list = this.top()
    if (!Array.isArray(list)) throw this.damaged('its pickle appends to what is no list')
    return list
  }

  setItems(items: readonly PickleValue[]): void {
    const map = this.top()
    // Keys are compared by value only for text and numbers: that is all a state_dict needs.
    if (!(map instanceof Map)) throw this.damaged('its pickle sets an item of what is no dictionary')
    if (items.length % 2 !== 0) throw this.damaged('its pickle has a key without a value')
    for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!)
  }

  remember(index: number): void {
    this.memo.set(index, this.top())
  }

  recall(index: number): void {
    const value = this.memo.get(index)
    if (value === undefined) throw this.damaged('its pickle recalls what it never stored')
    this.push(value)
  }

  call(callee: PickleValue, args: PickleValue): void {
    if (!(callee instanceof GlobalName)) throw this.damaged('its pickle calls what is no function')
    if (!Array.isArray(args)) throw this.damaged('its pickle calls a function without arguments')
    this.push(this.rules.call(callee.name, args))
  }

  /** State for an object that exists already: dropped where the object is data, refused where it is a class's business. */
  build(): void {
    this.pop()
    const target = this.top()
    if (target instanceof GlobalName) throw this.needsCode(target.name)
    if (!(target instanceof Map || target instanceof Inert || target instanceof Stray))
      throw this.damaged('its pickle gives a state to plain data')
  }
}

/** Integers that a number holds exactly become one. */
export const narrow = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
