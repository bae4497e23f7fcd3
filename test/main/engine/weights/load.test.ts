import { describe, expect, it } from 'vitest'
import type { WeightFile } from '../../../../src/main/engine/weights/codec.ts'
import { loadStrict } from '../../../../src/main/engine/weights/load.ts'
import { rowMajor } from '../../../../src/main/engine/weights/strided.ts'
import type { ErrorCode } from '../../../../src/shared/errors.ts'
import { ThawError } from '../../../../src/shared/errors.ts'
import { failure } from './support.ts'

const network = [
  { name: 'features.0.weight', shape: [2, 3] },
  { name: 'bn.num_batches_tracked', shape: [] },
  { name: 'head.weight', shape: [2, 4] },
  { name: 'head.bias', shape: [2] },
]
const options = { network: 'tiny', head: 'head' }

/** A file in memory that counts what is read of it. */
function fileOf(shapes: Record<string, number[]>, values: Record<string, number[]> = {}) {
  const reads: string[] = []
  const file: WeightFile = {
    path: '/weights/file.pth',
    format: 'pth',
    metadata: {},
    found: {},
    tensors: Object.entries(shapes).map(([name, shape]) => ({
      name,
      shape,
      dtype: 'float32',
      bytes: 4 * (rowMajor(shape)[0] ?? 1),
    })),
    read: (name) => {
      reads.push(name)
      return Promise.resolve(Float32Array.from(values[name] ?? [0]))
    },
    close: () => Promise.resolve(),
  }
  return { file, reads }
}
const fitting = {
  'features.0.weight': [2, 3],
  'bn.num_batches_tracked': [],
  'head.weight': [2, 4],
  'head.bias': [2],
}
const without = (name: string) => Object.fromEntries(Object.entries(fitting).filter(([key]) => key !== name))

function refusal(code: ErrorCode, attempt: () => unknown): ThawError {
  try {
    attempt()
  } catch (error) {
    expect(error).toBeInstanceOf(ThawError)
    expect((error as ThawError).code).toBe(code)
    return error as ThawError
  }
  throw new Error('nothing was thrown')
}

/** The network's tensors are found by its names where all of them have this before them. */
async function isReadBehind(prefix: string): Promise<void> {
  const behind = Object.fromEntries(Object.entries(fitting).map(([name, shape]) => [prefix + name, shape]))
  const { file } = fileOf(behind, { [`${prefix}head.bias`]: [1, 2] })
  const weights = loadStrict(file, network, options)
  expect(weights.names).toEqual(network.map(({ name }) => name))
  expect(await weights.load('head.bias')).toEqual(Float32Array.of(1, 2))
}

describe('strict loading', () => {
  it.each(['module.', '_orig_mod.', 'model.', 'module._orig_mod.'])(
    'sees through what was wrapped around the network: %s',
    isReadBehind,
  )

  it('sees through it too where something else stands beside the network, which it names', () => {
    const wrapped = Object.fromEntries(
      Object.entries(fitting).map(([name, shape]) => [`model.${name}`, shape]),
    )
    const { file } = fileOf({ ...wrapped, 'criterion.weight': [2] })
    const { message } = refusal('weights.mismatch', () => loadStrict(file, network, options))
    expect(message).toMatch(/fit tiny: unexpected \(1\): criterion\.weight\.$/)
  })

  it.each(['backbone.', 'encoder.', 'learner.timm_model.', 'module.body.'])(
    'finds it in an attribute of any name: %s',
    isReadBehind,
  )

  it.each([
    [
      'parametrizations',
      ['features.0.parametrizations.weight.original0', 'features.0.parametrizations.weight.original1'],
    ],
    ['a parametrization of one tensor', ['features.0.parametrizations.weight.original']],
    ['weight normalisation', ['features.0.weight_g', 'features.0.weight_v']],
    ['spectral normalisation and pruning', ['features.0.weight_orig', 'features.0.weight_mask']],
  ])('says how a weight that is in parts is put together: %s', (_, parts) => {
    const { file } = fileOf({
      ...without('features.0.weight'),
      ...Object.fromEntries(parts.map((it) => [it, [2, 3]])),
    })
    const { message, advice } = refusal('weights.parted', () => loadStrict(file, network, options))
    expect(message).toContain(': features.0.weight (')
    expect(advice).toContain('remove_parametrizations')
  })

  it('takes nothing off names that begin as the network’s own do', () => {
    const expected = ['encoder.a.weight', 'encoder.b.weight', 'encoder.c.weight', 'head.weight']
    const shaped = expected.map((name) => ({ name, shape: [1] }))
    const { file } = fileOf(Object.fromEntries(expected.map((name) => [name, [1]])))
    expect(loadStrict(file, shaped, options).names).toEqual(expected)
  })

  it('sees past the count that an average of networks keeps beside them', () => {
    const averaged = Object.fromEntries(
      Object.entries(fitting).map(([name, shape]) => [`module.${name}`, shape]),
    )
    const { file } = fileOf({ n_averaged: [], ...averaged })
    expect(loadStrict(file, network, options).names).toEqual(network.map(({ name }) => name))
  })

  it('gives what fits by name, and reads nothing before it is asked', async () => {
    const { file, reads } = fileOf(fitting, { 'head.bias': [1, 2] })
    const weights = loadStrict(file, network, options)
    expect(weights.names).toEqual(network.map(({ name }) => name))
    expect(weights.newHead).toEqual([])
    expect(reads).toEqual([])
    expect(Array.from(await weights.load('head.bias'))).toEqual([1, 2])
    expect(reads).toEqual(['head.bias'])
  })

  it('names everything that is missing, unexpected and misshapen together', () => {
    const { file, reads } = fileOf({ ...without('head.bias'), extra: [5], 'features.0.weight': [2, 2] })
    const { message } = refusal('weights.mismatch', () => loadStrict(file, network, options))
    expect(message).toContain('missing (1): head.bias')
    expect(message).toContain('unexpected (1): extra')
    expect(message).toContain('of another shape (1): features.0.weight [2, 2] instead of [2, 3]')
    expect(reads).toEqual([])
  })

  it('shortens long lists and counts them', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`other.${i}`, [1]]))
    const { message } = refusal('weights.mismatch', () =>
      loadStrict(fileOf({ ...fitting, ...many }).file, network, options),
    )
    expect(message).toContain('unexpected (100): other.0, other.1')
    expect(message).toContain('and 92 more')
    expect(message.length).toBeLessThan(400)
  })

  it('does not mind batch counters, there or not', () => {
    expect(loadStrict(fileOf(without('bn.num_batches_tracked')).file, network, options).names).not.toContain(
      'bn.num_batches_tracked',
    )
    loadStrict(fileOf({ ...fitting, 'other.num_batches_tracked': [] }).file, network, options)
  })

  it('never replaces a head of another size silently', () => {
    const other = { ...fitting, 'head.weight': [10, 4], 'head.bias': [10] }
    const error = refusal('weights.other-head', () => loadStrict(fileOf(other).file, network, options))
    expect(error.parameters).toMatchObject({ found: 10, expected: 2, tensor: 'head.weight' })
    expect(error.advice).toContain('new head')
  })

  it('leaves the head to the caller where a new one was asked for, whatever the file has', () => {
    for (const shapes of [
      fitting,
      { ...fitting, 'head.weight': [10, 4], 'head.bias': [10] },
      without('head.bias'),
    ]) {
      const weights = loadStrict(fileOf(shapes).file, network, { ...options, newHead: true })
      expect(weights.names).toEqual(['features.0.weight', 'bn.num_batches_tracked'])
      expect(weights.newHead).toEqual(['head.weight', 'head.bias'])
    }
  })

  it('calls a head that takes something else in what it is: another network', () => {
    refusal('weights.mismatch', () =>
      loadStrict(fileOf({ ...fitting, 'head.weight': [10, 8] }).file, network, options),
    )
    refusal('weights.mismatch', () =>
      loadStrict(fileOf({ ...fitting, 'head.weight': [10, 4], more: [1] }).file, network, options),
    )
  })

  it('refuses values that are no numbers, and names all tensors that have them', async () => {
    const { file } = fileOf(fitting, {
      'features.0.weight': [0, NaN],
      'head.bias': [-Infinity],
      'head.weight': [1],
    })
    const weights = loadStrict(file, network, options)
    await weights.load('head.weight')
    const { message } = await failure(weights.load('features.0.weight'), 'weights.not-finite')
    expect(message).toContain('features.0.weight, head.bias')
    expect(message).not.toContain('head.weight')
    await failure(weights.load('absent'), 'not-found')
  })
})

describe('tensors beside the network, where something is wrapped around it', () => {
  const inside = Object.fromEntries(
    Array.from({ length: 10 }, (_, i): [string, number[]] => [`features.${i}.weight`, [1]]),
  )
  const wanted = Object.entries(inside).map(([name, shape]) => ({ name, shape }))
  const wrapped = Object.fromEntries(Object.entries(inside).map(([name, shape]) => [`model.${name}`, shape]))

  it('are left out: a loss with weights of classes, a measure that counts', () => {
    const { file } = fileOf({ ...wrapped, 'criterion.weight': [3], 'accuracy.total': [] })
    expect(loadStrict(file, wanted, options).names).toEqual(Object.keys(inside))
  })

  it('are unexpected where they are many: then a second network is in the file', () => {
    const second = Object.fromEntries(Object.entries(inside).map(([name, it]) => [`teacher.${name}`, it]))
    const { file } = fileOf({ ...wrapped, ...second })
    expect(refusal('weights.mismatch', () => loadStrict(file, wanted, options)).message).toContain(
      'unexpected (10)',
    )
  })

  it('are unexpected where nothing is wrapped', () => {
    const { file } = fileOf({ ...inside, more: [1] })
    expect(refusal('weights.mismatch', () => loadStrict(file, wanted, options)).message).toContain('more')
  })
})

it('A file that is one part of several is told to be that', () => {
  const { file } = fileOf(without('head.bias'))
  const part = { ...file, path: '/weights/model-00002-of-00003.safetensors' }
  const { parameters } = refusal('weights.part', () => loadStrict(part, network, options))
  expect(parameters).toMatchObject({ part: 2, parts: 3 })
  const whole = { ...fileOf(fitting).file, path: '/weights/model-00001-of-00001.safetensors' }
  expect(loadStrict(whole, network, options).names).toHaveLength(4)
})
