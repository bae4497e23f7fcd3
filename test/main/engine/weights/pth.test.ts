import fc from 'fast-check'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import { ThawError } from '../../../../src/shared/errors.ts'
import {
  failure,
  fileMaker,
  floats,
  global,
  legacyPth,
  ordered,
  pickled,
  Raw,
  reduce,
  temporaryFolder,
  tensor,
  tuple,
  zipped,
  zipPth,
} from './support.ts'

const folder = temporaryFolder()
const make = fileMaker(folder, '.pth')

async function contents(bytes: Buffer): Promise<Record<string, number[]>> {
  const weights = await openWeights(make(bytes))
  try {
    const pairs = weights.tensors.map(
      async ({ name }) => [name, Array.from(await weights.read(name))] as const,
    )
    return Object.fromEntries(await Promise.all(pairs))
  } finally {
    await weights.close()
  }
}
const refused = (bytes: Buffer, code: ThawError['code']) => failure(openWeights(make(bytes)), code)

describe.each([
  ['zip', zipPth],
  [
    'legacy',
    (pickle: Buffer, storages?: Record<string, Buffer>) =>
      legacyPth(new Raw(pickle.subarray(2, -1)), storages),
  ],
] as const)('a .pth of the %s kind', (variant, pack) => {
  const file = (object: unknown, storages: Record<string, Buffer> = { 0: floats(1, 2) }) =>
    pack(pickled(object), storages)

  it('lists tensors, and nothing else of a state_dict', async () => {
    const weights = await openWeights(
      make(file({ a: tensor(), note: 'text', b: tensor({ shape: [2, 1], strides: [1, 1] }) })),
    )
    expect(weights).toMatchObject({ format: 'pth', variant, metadata: {}, found: {} })
    expect(weights.tensors).toEqual([
      { name: 'a', shape: [2], dtype: 'float32', bytes: 8 },
      { name: 'b', shape: [2, 1], dtype: 'float32', bytes: 8 },
    ])
    await weights.close()
  })

  it('reads views of one storage, in any order of its elements', async () => {
    const object = {
      end: tensor({ elements: 6, offset: 4 }),
      turned: tensor({ elements: 6, shape: [2, 3], strides: [1, 2] }),
      number: tensor({ elements: 6, shape: [], strides: [], offset: 3 }),
      nothing: tensor({ elements: 6, shape: [0], strides: [1] }),
    }
    expect(await contents(file(object, { 0: floats(0, 1, 2, 3, 4, 5) }))).toEqual({
      end: [4, 5],
      turned: [0, 2, 4, 1, 3, 5],
      number: [3],
      nothing: [],
    })
  })

  it('finds the tensors of a checkpoint, and takes the prefix of parallel training off', async () => {
    for (const holder of ['state_dict', 'model_state_dict', 'model', 'module']) {
      const weights = await openWeights(
        make(file({ epoch: 3, [holder]: { 'module.a': tensor() }, optimizer: { state: {} } })),
      )
      expect(weights.tensors.map(({ name }) => name)).toEqual(['a'])
      expect(weights.found).toEqual({ under: holder, prefix: 'module.' })
      await weights.close()
    }
    const nested = await openWeights(make(file({ state_dict: { model: { a: tensor() } } })))
    expect(nested.found).toEqual({ under: 'state_dict.model' })
    await nested.close()
  })

  it.each([
    [['ema'], { ema: { a: tensor() }, epoch: 3 }],
    [['student'], { student: { a: tensor() }, optimizer: { a: tensor(), b: tensor() } }],
    [['state_dict'], { state_dict: { a: tensor() }, best_acc1: tensor() }],
    [['model'], { ema: { a: tensor(), b: tensor() }, model: { a: tensor() } }],
    [['large'], { small: { a: tensor() }, large: { a: tensor(), b: tensor() } }],
    [['checkpoint', 'model', 'state_dict'], { checkpoint: { model: { state_dict: { a: tensor() } } } }],
  ])('finds a network under %j, whatever stands beside it', async (under, object) => {
    const weights = await openWeights(make(file(object)))
    expect(weights.found.under).toBe(under.join('.'))
    expect(weights.tensors.map(({ name }) => name)).toContain('a')
    await weights.close()
  })

  it('looks into each dictionary once, however many names it has', async () => {
    // Three dictionaries, each 2,000 times in the one above: 8 billion ways through them.
    let inner = new Raw(pickled({ nothing: 0 }).subarray(2, -1))
    for (let depth = 1; depth <= 3; depth += 1) {
      const again = new Raw('h', [depth])
      const first = new Raw(inner.bytes, 'q', [depth])
      const names = Array.from({ length: 2000 }, (_, i) => [`k${i}`, i === 0 ? first : again] as const)
      inner = new Raw(pickled(Object.fromEntries(names)).subarray(2, -1))
    }
    await refused(file({ deep: inner }, {}), 'weights.unsupported')
  })

  it('keeps the prefix where only some names have it', async () => {
    expect(Object.keys(await contents(file({ 'module.a': tensor(), b: tensor() })))).toEqual([
      'module.a',
      'b',
    ])
  })

  it('reads parameters, files of a GPU, and tensors with attributes', async () => {
    const parameter = reduce(global('torch._utils', '_rebuild_parameter'), tensor(), true, ordered())
    const attributed = reduce(
      global('torch._tensor', '_rebuild_from_type_v2'),
      global('torch._utils', '_rebuild_tensor_v2'),
      global('torch.nn.parameter', 'Parameter'),
      tuple(
        new Raw(tuple('storage', global('torch.cuda', 'FloatStorage'), '0', 'cuda:1', 2).bytes, 'Q'),
        0,
        tuple(2),
        tuple(1),
        false,
        ordered(),
      ),
      {},
    )
    const object = { parameter, gpu: tensor({ device: 'cuda:0' }), attributed }
    expect(await contents(file(object))).toEqual({ parameter: [1, 2], gpu: [1, 2], attributed: [1, 2] })
  })

  it('refuses views whose sign PyTorch would turn while reading', async () => {
    const storage = new Raw(tuple('storage', global('torch', 'FloatStorage'), '0', 'cpu', 2).bytes, 'Q')
    const rebuild = global('torch._utils', '_rebuild_tensor_v2')
    const view = (metadata: object) =>
      reduce(rebuild, storage, 0, tuple(2), tuple(1), false, ordered(), metadata)
    await refused(file({ a: view({ neg: true }) }), 'weights.unsupported')
    expect(await contents(file({ a: view({ neg: false }) }))).toEqual({ a: [1, 2] })
  })

  it.each([
    ['past the end of its storage', { offset: 1 }],
    ['whose strides lead past the end', { strides: [2] }],
    ['with a negative offset', { offset: -1 }],
    ['with negative strides', { strides: [-1], offset: 1 }],
    ['with a negative size', { shape: [-2] }],
    ['with sizes that overflow', { shape: [2 ** 52, 2 ** 52], strides: [0, 0] }],
    ['that repeats two numbers until the memory is full', { shape: [2 ** 30], strides: [0] }],
    ['whose storage is announced larger than it is', { elements: 3 }],
    ['with more sizes than strides', { shape: [1, 2] }],
  ])('refuses a tensor %s', async (_, options) => {
    await refused(file({ a: tensor(options) }), 'weights.damaged')
  })

  it('names arrays of NumPy that stand in place of tensors, and how to make tensors of them', async () => {
    const array = (...values: Raw[]) =>
      reduce(global('numpy._core.multiarray', '_reconstruct'), global('numpy', 'ndarray'), ...values)
    const long = new Raw('B', [0, 0, 16, 1], Buffer.alloc(2 ** 24 + 2 ** 20))
    for (const values of [[], [long]]) {
      const { message } = await refused(file({ weight: array(...values) }, {}), 'weights.unsupported')
      expect(message).toMatch(/arrays of NumPy .* torch\.from_numpy/)
    }
  })

  it('says so where only an optimizer is in it, or tensors without values', async () => {
    const optimizer = { state: {}, param_groups: [{ lr: 1 }] }
    expect((await refused(file(optimizer, {}), 'weights.unsupported')).message).toContain('optimizer')
    const meta = reduce(global('torch._utils', '_rebuild_meta_tensor_no_storage'))
    expect((await refused(file({ weight: meta }, {}), 'weights.unsupported')).message).toContain(
      'meta device',
    )
  })

  it('names averages and other networks that lie beside the one that is read, and what a checkpoint says it is', async () => {
    const network = { a: tensor(), b: tensor() }
    const checkpoint = {
      state_dict: network,
      state_dict_ema: network,
      best: { a: tensor() },
      arch: 'resnet18',
    }
    const weights = await openWeights(make(file({ ...checkpoint, metrics: { loss: 1 } })))
    expect(weights.found).toEqual({
      under: 'state_dict',
      others: ['state_dict_ema', 'best'],
      architecture: 'resnet18',
    })
    await weights.close()
    const alone = await openWeights(
      make(file({ state_dict: { ...network, c: tensor() }, best: { a: tensor() } })),
    )
    expect(alone.found).toEqual({ under: 'state_dict' })
    await alone.close()
  })

  it('refuses what holds no tensors by name', async () => {
    const numbered = new Raw('}(', [0x8a, 1, 1], tensor().bytes, 'u')
    await refused(file(numbered), 'weights.unsupported')
    for (const object of [[tensor()], tensor()]) await refused(file(object), 'weights.unsupported')
    for (const object of [{}, { state: { lr: 1 } }, null])
      await refused(file(object, {}), 'weights.unsupported')
  })

  it.each([
    ['torch', 'QInt8Storage'],
    ['torch', 'QUInt4x2Storage'],
  ])('names %s.%s as what it is: quantised', async (_, type) => {
    const { message, advice } = await refused(file({ a: tensor({ type }) }), 'weights.quantised')
    expect(message).toContain(type)
    expect(advice).toContain('before it was quantised')
  })

  it.each([
    ['torchao.quantization', 'Int8Tensor'],
    ['torch._utils', '_rebuild_qtensor'],
    ['torch.ao.nn.quantized.dynamic.modules.linear', 'Linear'],
    ['bitsandbytes.nn.modules', 'Params4bit'],
  ])('names %s.%s as quantised, too', async (module, name) => {
    await refused(file({ a: reduce(global(module, name)) }), 'weights.quantised')
  })

  it('leaves out the settings that Hydra’s users keep in a checkpoint', async () => {
    const made = reduce(global('omegaconf.dictconfig', 'DictConfig'))
    const settings = new Raw(made.bytes, pickled({ lr: 1 }).subarray(2, -1), 'b')
    const object = { hyper_parameters: { cfg: settings }, state_dict: { a: tensor() } }
    expect(await contents(file(object))).toEqual({ a: [1, 2] })
  })

  it('refuses code without running it', async () => {
    const error = await refused(
      file({ a: reduce(global('posix', 'system'), 'touch thaw-was-here') }),
      'weights.needs-code',
    )
    expect(error.message).toContain('posix.system')
    expect(error.advice).toContain('state_dict')
  })

  it('refuses a whole module, of which only code would make anything', async () => {
    const module = new Raw(tuple('module', global('nets', 'Bees'), 'nets.py', 'class Bees: pass').bytes, 'Q')
    const { message } = await refused(file({ net: module }), 'weights.needs-code')
    expect(message).toContain('a whole module')
  })

  it('cut off anywhere is refused, and never read in part', async () => {
    const whole = file({ a: tensor(), b: tensor({ key: '1' }) }, { 0: floats(1, 2), 1: floats(3, 4) })
    for (let length = 1; length < whole.length; length += 7) {
      const error: unknown = await openWeights(make(whole.subarray(0, length))).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(ThawError)
      expect((error as ThawError).code).toMatch(/truncated|not-weights|damaged/)
    }
  })

  it('mutated anywhere is read or refused, never anything else', async () => {
    const good = file({ a: tensor(), b: tensor({ key: '1' }) }, { 0: floats(1, 2), 1: floats(3, 4) })
    const mutations = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const bytes = Buffer.from(good)
        for (const [at, value] of changes) bytes[at] = value
        await contents(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(ThawError))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a zip archive', () => {
  const pickle = pickled({ a: tensor() })

  it('may have any folder, or none', async () => {
    const entries = (prefix: string) => [
      { name: `${prefix}data.pkl`, data: pickle },
      { name: `${prefix}data/0`, data: floats(1, 2) },
    ]
    for (const prefix of ['', 'archive/', '한글 이름/'])
      expect(await contents(zipped(entries(prefix)))).toEqual({ a: [1, 2] })
  })

  it('may be compressed, within reason', async () => {
    const packed = (data: Buffer) =>
      zipped([
        { name: 'any/data.pkl', data: pickled({ a: tensor({ elements: data.length / 4 }) }), deflate: true },
        { name: 'any/data/0', data, deflate: true },
      ])
    expect(await contents(packed(floats(1, 2)))).toEqual({ a: [1, 2] })
    const error = await refused(packed(Buffer.alloc(50_000_000)), 'weights.damaged')
    expect(error.message).toContain('would grow')
  })

  it('of a big-endian machine is turned around', async () => {
    const bytes = Buffer.from([0x3f, 0x80, 0, 0, 0x40, 0, 0, 0])
    const order = { name: 'any/byteorder', data: Buffer.from('big') }
    expect(await contents(zipPth(pickle, { 0: bytes }, [order]))).toEqual({ a: [1, 2] })
  })

  it('with a name that stands twice is refused', async () => {
    const again = { name: 'any/data/0', data: floats(3, 4) }
    await refused(zipPth(pickle, { 0: floats(1, 2) }, [again]), 'weights.damaged')
  })

  it('with a path that leads out of it is refused', async () => {
    await refused(
      zipPth(pickle, { 0: floats(1, 2) }, [{ name: '../../evil', data: floats(1) }]),
      'weights.damaged',
    )
    await refused(
      zipPth(pickled({ a: tensor({ key: '../data.pkl' }) }), { 0: floats(1, 2) }),
      'weights.damaged',
    )
  })

  it('whose directory lies where no file reaches is refused', async () => {
    const bytes = zipPth(pickle, { 0: floats(1, 2) })
    const locator = Buffer.alloc(20, 255)
    locator.write('PK\x06\x07', 'latin1')
    await refused(Buffer.concat([bytes.subarray(0, -22), locator, bytes.subarray(-22)]), 'weights.truncated')
  })

  it('without the storage that a tensor names is refused', async () => {
    await refused(zipPth(pickle), 'weights.damaged')
  })

  it.each([
    ['any/constants.pkl', 'TorchScript', 'torch.jit.load("'],
    ['any/models/model.json', 'torch.export', 'torch.export.load("'],
    ['any/.data/extern_modules', 'torch.package', 'model'],
  ])('with code in it (%s) says of which kind, and how its weights are had', async (name, kind, opened) => {
    const program = { name, data: Buffer.from('x') }
    const { message, advice } = await refused(
      zipPth(pickle, { 0: floats(1, 2) }, [program]),
      'weights.program',
    )
    expect(message).toContain(kind)
    expect(advice).toContain(`torch.save(${opened}`)
  })

  it('that is something else says so', async () => {
    const weights = zipped([{ name: 'best.pth', data: zipPth(pickle, { 0: floats(1, 2) }) }])
    expect((await refused(weights, 'weights.not-weights')).message).toContain('unpacked first')
    await refused(zipped([{ name: 'word/document.xml', data: Buffer.from('<xml/>') }]), 'weights.not-weights')
  })
})

describe('a legacy file', () => {
  const object = { a: tensor() }

  it('may frame its pickles, as protocols 4 and 5 do', async () => {
    const bytes = legacyPth(object, { 0: floats(1, 2) })
    const magic = pickled(0x1950a86a20f9469cfc6cn)
    const frame = Buffer.from([0x80, 4, 0x95, magic.length - 2, 0, 0, 0, 0, 0, 0, 0])
    const framed = Buffer.concat([frame, magic.subarray(2), bytes.subarray(magic.length)])
    expect(await contents(framed)).toEqual({ a: [1, 2] })
  })

  it('of very old PyTorch may have storages that are parts of others', async () => {
    const part = tensor({ elements: 4, part: tuple('1', 2, 2) })
    expect(await contents(legacyPth({ a: part }, { 0: floats(0, 1, 2, 3) }))).toEqual({ a: [2, 3] })
  })

  it('that claims a larger storage than it has is refused', async () => {
    await refused(legacyPth(object, { 0: floats(1, 2) }, 1000), 'weights.truncated')
    await refused(legacyPth(object, { 0: floats(1, 2) }, -1), 'weights.truncated')
  })

  it('that has bytes left over, or too few storages, is refused', async () => {
    await refused(Buffer.concat([legacyPth(object, { 0: floats(1, 2) }), floats(3)]), 'weights.damaged')
    await refused(legacyPth(object), 'weights.damaged')
    await refused(legacyPth(object, { 0: floats(1, 2), 7: floats(1) }), 'weights.damaged')
  })
})

describe('what is no weight file', () => {
  it('says what it is instead', async () => {
    expect(
      (await refused(Buffer.from('<!DOCTYPE html><title>404</title>'), 'weights.not-weights')).message,
    ).toContain('web page')
    expect(
      (await refused(Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'weights.not-weights'))
        .message,
    ).toContain('git-lfs')
    expect((await refused(pickled({ a: 1 }), 'weights.not-weights')).message).toContain('pickle')
    await refused(Buffer.alloc(5000, 7), 'weights.not-weights')
    await refused(Buffer.alloc(0), 'weights.empty')
  })

  it('or is not there, or a folder', async () => {
    await failure(openWeights(path.join(folder, 'absent.pth')), 'weights.missing')
    mkdirSync(path.join(folder, 'folder.pth'))
    await failure(openWeights(path.join(folder, 'folder.pth')), 'weights.not-weights')
  })
})
