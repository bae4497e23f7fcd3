import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unpickle } from '../../../../src/main/engine/weights/pickle.ts'
import type { PickleRules } from '../../../../src/main/engine/weights/pickle-values.ts'
import { GlobalName, Inert } from '../../../../src/main/engine/weights/pickle-values.ts'
import { torchRules } from '../../../../src/main/engine/weights/torch-objects.ts'
import type { ErrorCode } from '../../../../src/shared/errors.ts'
import { ThawError } from '../../../../src/shared/errors.ts'
import { global, ordered, pickled, Raw, reduce, tensor, tuple } from './support.ts'

const rules: PickleRules = torchRules('test.pth')
const load = (bytes: Buffer) => unpickle(bytes, 0, 'test.pth', rules).value
const run = (...parts: (string | number[])[]) =>
  load(Buffer.concat([Buffer.from([0x80, 2]), new Raw(...parts, '.').bytes]))

function refusal(code: ErrorCode, bytes: () => unknown): string {
  try {
    bytes()
  } catch (error) {
    expect(error).toBeInstanceOf(ThawError)
    expect((error as ThawError).code, (error as ThawError).message).toBe(code)
    return (error as ThawError).message
  }
  throw new Error('nothing was thrown')
}

describe('a pickle of plain data', () => {
  it('gives text, numbers, truth values and nothing', () => {
    expect(load(pickled(['text 글', 3, -4, true, false, null]))).toEqual([
      'text 글',
      3,
      -4,
      true,
      false,
      null,
    ])
    expect(run('G', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0])).toBe(1.5)
    expect(run('K', [200])).toBe(200)
    expect(run('M', [1, 2])).toBe(513)
    expect(run('J', [255, 255, 255, 255])).toBe(-1)
    expect(run([0x8a, 0])).toBe(0)
    expect(run([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toBe(2n ** 64n)
    expect(run('U', [2], 'ab')).toBe('ab')
    expect(run('I01\n')).toBe(true)
    expect(run('I4294967296\n')).toBe(2 ** 32)
    expect(run('L12L\n')).toBe(12)
    expect([run('I00\n'), run('I1\n'), run('I-7\n')]).toEqual([false, 1, -7])
  })

  it('gives text and bytes whose length is told by one, four or eight bytes', () => {
    expect(run('X', [2, 0, 0, 0], 'ab')).toBe('ab')
    expect(run([0x8c, 2], 'ab')).toBe('ab')
    expect(run([0x8d, 2, 0, 0, 0, 0, 0, 0, 0], 'ab')).toBe('ab')
    for (const head of [
      [0x43, 2],
      [0x42, 2, 0, 0, 0],
      [0x8e, 2, 0, 0, 0, 0, 0, 0, 0],
      [0x96, 2, 0, 0, 0, 0, 0, 0, 0],
    ])
      expect(run(head, 'ab')).toEqual(Buffer.from('ab'))
  })

  it('gives integers as numbers only as long as those hold them', () => {
    const most = 2n ** 53n
    const decimal = (value: bigint) => run(`L${value}L\n`)
    expect([decimal(most - 1n), decimal(1n - most)]).toEqual([2 ** 53 - 1, 1 - 2 ** 53])
    expect([decimal(most + 1n), decimal(-most - 1n)]).toEqual([most + 1n, -most - 1n])
  })

  it('gives dictionaries, lists, tuples and sets', () => {
    expect(load(pickled({ a: [1, { b: 2 }] }))).toEqual(new Map([['a', [1, new Map([['b', 2]])]]]))
    expect(run('K', [1], 'K', [2], [0x86])).toEqual([1, 2])
    expect(run('K', [1], 'K', [2], 'K', [3], [0x87])).toEqual([1, 2, 3])
    expect(run([0x8f], '(K', [1], 'K', [2], [0x90])).toEqual([1, 2])
    expect(run('K', [1], [0x85])).toEqual([1])
    expect(run('}K', [1], 'K', [2], 's')).toEqual(new Map([[1, 2]]))
    expect(run(')')).toEqual([])
    expect(run('(K', [1], 'K', [2], 'd')).toEqual(new Map([[1, 2]]))
    expect(load(pickled(reduce(global('collections', 'OrderedDict'), [tuple('a', 1)])))).toEqual(
      new Map([['a', 1]]),
    )
  })

  it('is of protocol 2, 3, 4 or 5', () => {
    const of = (version: number) => () => load(Buffer.from([0x80, version, 0x4e, 0x2e]))
    for (const version of [2, 3, 4, 5]) expect(of(version)()).toBeNull()
    for (const version of [0, 1, 6])
      expect(refusal('weights.damaged', of(version))).toContain(`of protocol ${version}`)
  })

  it('may be one value under two names, and hold itself', () => {
    const list = run(']', 'q', [0], 'h', [0], 'a') as unknown[]
    expect(list[0]).toBe(list)
    // Since protocol 4 what is remembered has no number of its own: it is the next one.
    const all = run('(]', [0x94], '}', [0x94], 'h', [0], 'h', [1], 'l') as unknown[]
    expect([all[2] === all[0], all[3] === all[1]]).toEqual([true, true])
  })

  it('leaves out what is known to be harmless', () => {
    expect(load(pickled(reduce(global('torch', 'device'), 'cpu')))).toBeInstanceOf(Inert)
    const number = reduce(
      global('numpy.core.multiarray', 'scalar'),
      reduce(global('numpy', 'dtype'), 'f8', false, true),
      'x',
    )
    expect(load(pickled(number))).toBeInstanceOf(Inert)
    expect(load(pickled(new Raw(ordered().bytes, '}b')))).toEqual(new Map())
  })
})

describe('a pickle that names code', () => {
  it('is refused as soon as the name is used, in any of the ways there are', () => {
    const ways: Record<string, () => unknown> = {
      REDUCE: () => run('cposix\nsystem\n', '(U', [2], 'lstR'),
      NEWOBJ: () => run('cposix\nsystem\n', ')', [0x81]),
      NEWOBJ_EX: () => run('cposix\nsystem\n', ')}', [0x92]),
      INST: () => run('(iposix\nsystem\n'),
      OBJ: () => run('(cposix\nsystem\no'),
      BUILD: () => run('cposix\nsystem\n', '}b'),
      STACK_GLOBAL: () => run('U', [5], 'posix', 'U', [6], 'system', [0x93], ')R'),
      attributes: () =>
        load(
          pickled(
            reduce(
              global('torch._tensor', '_rebuild_from_type_v2'),
              global('posix', 'system'),
              global('torch', 'Tensor'),
              tuple('ls'),
              {},
            ),
          ),
        ),
      Python2: () => run('c__builtin__\neval\n', ')R'),
    }
    for (const [way, attempt] of Object.entries(ways))
      expect(refusal('weights.needs-code', attempt), way).toMatch(/posix\.system|builtins\.eval/)
  })

  it('is refused for names that only look like known ones', () => {
    for (const name of ['toString', '__proto__', 'constructor'])
      refusal('weights.needs-code', () => load(pickled(reduce(global('builtins', name)))))
    refusal('weights.needs-code', () => run('c\nconstructor\n)R'))
  })

  it('may name what it never uses', () => {
    expect(run('cposix\nsystem\n')).toEqual(new GlobalName('posix', 'system'))
  })

  it('is refused for registered extensions', () => {
    for (const opcode of [0x82, 0x83, 0x84])
      expect(refusal('weights.needs-code', () => run([opcode, 1]))).toContain('a registered extension')
  })

  it('is refused where a harmless class gets arguments by name, which nobody knows here', () => {
    const cpu = ['ctorch\ndevice\n', '(U', [3], 'cput']
    expect(run(...cpu, '}', [0x92])).toBeInstanceOf(Inert)
    expect(run(...cpu, 'N', [0x92])).toBeInstanceOf(Inert)
    const named = () => run(...cpu, '}U', [4], 'typeNs', [0x92])
    expect(refusal('weights.needs-code', named)).toContain('torch.device')
    refusal('weights.damaged', () => run('N)}U', [4], 'typeNs', [0x92]))
  })
})

describe('a hostile pickle', () => {
  it('with an enormous integer is refused without building it', () => {
    refusal('weights.damaged', () => run([0x8b, 255, 255, 255, 127]))
    refusal('weights.damaged', () => run(`L${'9'.repeat(5000)}L\n`))
  })

  it('with lengths past its end is refused without allocating them', () => {
    refusal('weights.truncated', () => run('X', [255, 255, 255, 255]))
    refusal('weights.truncated', () => run([0x8d, 255, 255, 255, 255, 255, 255, 255, 255]))
    refusal('weights.truncated', () => run([0x8e, 0, 0, 0, 0, 0, 1, 0, 0]))
  })

  it('nested a hundred thousand deep is read without recursion', () => {
    expect(run(']'.repeat(100_000), 'a'.repeat(99_999))).toHaveLength(1)
    expect(run('('.repeat(100_000), 't'.repeat(100_000))).toHaveLength(1)
  })

  it('that doubles lists in lists stays as small as its text', () => {
    const levels = Array.from({ length: 100 }, (_, i) => [
      ...Buffer.from('](h'),
      i,
      ...Buffer.from('h'),
      i,
      ...Buffer.from('eq'),
      i + 1,
    ])
    expect(run(']q', [0], ...levels)).toHaveLength(2)
  })

  it('of nothing but empty dictionaries is refused before they fill the memory', () => {
    refusal('weights.damaged', () => run('}'.repeat(300_000)))
  })

  it('without an end is refused after a bounded number of steps', () => {
    const loop = Buffer.alloc(3_000_000, 'N')
    const endless = Buffer.concat([Buffer.from([0x80, 2]), loop, Buffer.from('.')])
    expect(refusal('weights.damaged', () => load(endless))).toContain('does not come to an end')
  })

  it.each([
    ['takes from an empty stack', ['0']],
    ['ends with nothing', []],
    ['lacks a mark', ['t']],
    ['recalls what it never stored', ['h', [9]]],
    ['appends to a dictionary', ['}Na']],
    ['sets items of a list', [']NNs']],
    ['has a key without a value', ['}(Nu']],
    ['calls what is no function', ['N)R']],
    ['calls without arguments', ['ctorch\ndevice\nNR'], 'calls a function without arguments'],
    ['has an unknown opcode', [[0xff]], 'an unknown opcode 255 at byte 2'],
    ['is of another protocol', [[0x80, 6]], 'of protocol 6'],
    ['has a line without an end', [`c${'x'.repeat(10_000)}`]],
    ['has an integer that is none', ['Ixyz\n'], 'an integer that is none'],
    ['has an integer with something before it', ['Ix12\n'], 'an integer that is none'],
    ['has an integer with something after it', ['I12x\n'], 'an integer that is none'],
    ['has a name that is no text', ['NU', [6], 'system', [0x93]], 'a name that is no text'],
    ['has a name of no text', ['U', [5], 'posixN', [0x93]], 'a name that is no text'],
    ['gives a state to plain data', ['N}b']],
    ['refers to something unknown', ['NQ']],
    [
      'refers to a storage without a name',
      ['(U', [7], 'storage', 'ctorch\nFloatStorage\nNU', [3], 'cpu', 'K', [1], 'tQ'],
    ],
  ] as [string, (string | number[])[], string?][])('that %s is refused', (_, parts, said = '') => {
    expect(refusal('weights.damaged', () => run(...parts))).toContain(said)
  })

  it('that does not begin as one is refused', () => {
    expect(refusal('weights.damaged', () => load(Buffer.from('N.')))).toContain('a pickle was expected')
  })

  it('of a whole module, or of types that are not read, says so', () => {
    refusal('weights.needs-code', () => run('(U', [6], 'moduletQ'))
    expect(
      refusal('weights.unsupported', () => load(pickled(tensor({ type: 'ComplexFloatStorage' })))),
    ).toContain('ComplexFloatStorage')
  })

  it('mutated anywhere is read or refused, never anything else', () => {
    const good = pickled({
      epoch: 3,
      state_dict: { a: tensor(), b: tensor({ key: '1' }) },
      best: 0,
      more: [null, true, tuple(1)],
    })
    const mutations = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(mutations, (changes) => {
        const bytes = Buffer.from(good)
        for (const [at, value] of changes) bytes[at] = value
        try {
          load(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ThawError)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('of any bytes at all is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          load(Buffer.concat([Buffer.from([0x80, 4]), bytes]))
        } catch (error) {
          expect(error).toBeInstanceOf(ThawError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
