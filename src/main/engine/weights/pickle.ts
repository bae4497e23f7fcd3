import { Machine, narrow } from './pickle-machine.ts'
import type { PickleRules, PickleValue } from './pickle-values.ts'
import { GlobalName } from './pickle-values.ts'

/**
 * A reader for Python's pickles, protocols 2 to 5, that executes nothing: it knows plain data, and leaves every class and
 * function to `PickleRules`, which knows a short list of names. Opcodes as documented in CPython's Lib/pickletools.py.
 */

/** A state_dict takes about 50 opcodes a tensor: this is room for 8,000 tensors, and bounds time and memory. */
const mostOpcodes = 400_000

type Opcode = (machine: Machine) => void

/**
 * Reads the pickle that starts at `at`.
 * @returns its value, and the offset after its end
 * @throws ThawError `weights.needs-code` for a name that the rules do not know, `weights.damaged`, `weights.truncated`
 */
export function unpickle(
  bytes: Uint8Array,
  at: number,
  file: string,
  rules: PickleRules,
): { value: PickleValue; end: number } {
  const machine = new Machine(bytes, at, file, rules)
  if (bytes[at] !== 0x80) throw machine.damaged('a pickle was expected')
  for (let count = 0; count < mostOpcodes; count += 1) {
    const start = machine.at
    const code = machine.byte()
    if (code === stop) return { value: machine.pop(), end: machine.at }
    const opcode = opcodes[code]
    if (!opcode) throw machine.damaged(`its pickle has an unknown opcode ${code} at byte ${start}`)
    opcode(machine)
  }
  throw machine.damaged('its pickle does not come to an end')
}

const stop = 0x2e

/** Decimal text, in files of Python 2: "01" and "00" are its truth values there. */
function decimal(machine: Machine): PickleValue {
  const line = machine.line()
  if (line === '01' || line === '00') return line === '01'
  const digits = /^(-?\d{1,40})L?$/.exec(line)?.[1]
  if (digits === undefined) throw machine.damaged('its pickle has an integer that is none')
  return narrow(BigInt(digits))
}

/** Extensions are numbers for classes that programs agreed on: what they mean is unknowable, so it is code. */
const extension: Opcode = (m) => {
  throw m.needsCode('a registered extension')
}

const opcodes: Readonly<Record<number, Opcode>> = {
  // Frame
  0x80: (m) => {
    const version = m.byte()
    if (version < 2 || version > 5) throw m.damaged(`its pickle is of protocol ${version}`)
  },
  0x95: (m) => m.take(8),
  // Plain data
  0x4e: (m) => m.push(null),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x4a: (m) => m.push(m.int32()),
  0x4b: (m) => m.push(m.byte()),
  0x4d: (m) => m.push(m.uint16()),
  0x8a: (m) => m.push(m.integer(m.byte())),
  0x8b: (m) => m.push(m.integer(m.uint32())),
  0x49: (m) => m.push(decimal(m)),
  0x4c: (m) => m.push(decimal(m)),
  0x47: (m) => m.push(m.float64()),
  0x58: (m) => m.push(m.text(m.uint32())),
  0x8c: (m) => m.push(m.text(m.byte())),
  0x8d: (m) => m.push(m.text(m.uint64())),
  0x54: (m) => m.push(m.text(m.uint32())),
  0x55: (m) => m.push(m.text(m.byte())),
  0x42: (m) => m.push(m.take(m.uint32())),
  0x43: (m) => m.push(m.take(m.byte())),
  0x8e: (m) => m.push(m.take(m.uint64())),
  0x96: (m) => m.push(m.take(m.uint64())),
  // Lists, tuples and sets
  0x5d: (m) => m.push([]),
  0x29: (m) => m.push([]),
  0x8f: (m) => m.push([]),
  0x61: (m) => {
    const item = m.pop()
    m.topList().push(item)
  },
  0x65: appendAll,
  0x90: appendAll,
  0x6c: (m) => m.push(m.popMark()),
  0x74: (m) => m.push(m.popMark()),
  0x91: (m) => m.push(m.popMark()),
  0x85: (m) => m.push([m.pop()]),
  0x86: (m) => m.push([m.pop(), m.pop()].reverse()),
  0x87: (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()),
  // Dictionaries
  0x7d: (m) => m.pushDictionary(),
  0x64: (m) => {
    const items = m.popMark()
    m.pushDictionary()
    m.setItems(items)
  },
  0x73: (m) => {
    const value = m.pop()
    m.setItems([m.pop(), value])
  },
  0x75: (m) => m.setItems(m.popMark()),
  // The stack and the memo
  0x28: (m) => m.mark(),
  0x30: (m) => m.pop(),
  0x31: (m) => m.popMark(),
  0x32: (m) => m.push(m.top()),
  0x71: (m) => m.remember(m.byte()),
  0x72: (m) => m.remember(m.uint32()),
  0x70: (m) => m.remember(Number(decimal(m))),
  0x94: (m) => m.remember(m.memo.size),
  0x68: (m) => m.recall(m.byte()),
  0x6a: (m) => m.recall(m.uint32()),
  0x67: (m) => m.recall(Number(decimal(m))),
  // Names, and what is made of them
  0x63: (m) => m.push(new GlobalName(m.line(), m.line())),
  0x93: (m) => {
    const [name, module] = [m.pop(), m.pop()]
    if (typeof name !== 'string' || typeof module !== 'string')
      throw m.damaged('its pickle has a name that is no text')
    m.push(new GlobalName(module, name))
  },
  0x52: callWithArguments,
  0x81: callWithArguments,
  0x92: (m) => {
    const [keywords, args, callee] = [m.pop(), m.pop(), m.pop()]
    if (callee instanceof GlobalName && keywords instanceof Map && keywords.size > 0)
      throw m.needsCode(callee.name)
    m.call(callee, args)
  },
  0x69: (m) => {
    const callee = new GlobalName(m.line(), m.line())
    m.call(callee, m.popMark())
  },
  0x6f: (m) => {
    const [callee = null, ...args] = m.popMark()
    m.call(callee, args)
  },
  0x62: (m) => m.build(),
  0x51: (m) => m.push(m.rules.persistent(m.pop())),
  0x82: extension,
  0x83: extension,
  0x84: extension,
}

function appendAll(m: Machine): void {
  const items = m.popMark()
  const list = m.topList()
  for (const item of items) list.push(item)
}

function callWithArguments(m: Machine): void {
  const [args, callee] = [m.pop(), m.pop()]
  m.call(callee, args)
}
