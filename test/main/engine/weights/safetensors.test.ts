import fc from 'fast-check'
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import type { OutgoingTensor } from '../../../../src/main/engine/weights/outgoing.ts'
import { writeSafetensors } from '../../../../src/main/engine/weights/safetensors-writer.ts'
import { ThawError } from '../../../../src/shared/errors.ts'
import { failure, fileMaker, floats, safetensorsFile, temporaryFolder } from './support.ts'

const folder = temporaryFolder()
const make = fileMaker(folder, '.safetensors')
const two = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }
const outgoing = (name: string, shape: number[], values: number[]): OutgoingTensor => ({
  name,
  shape,
  dtype: 'float32',
  values: () => Float32Array.from(values),
})

describe('a safetensors file', () => {
  it('gives its tensors and metadata', async () => {
    const weights = await openWeights(
      make(safetensorsFile({ __metadata__: { format: 'pt' }, a: two }, floats(1, -2))),
    )
    expect(weights).toMatchObject({ format: 'safetensors', metadata: { format: 'pt' }, found: {} })
    expect(weights.tensors).toEqual([{ name: 'a', shape: [2], dtype: 'float32', bytes: 8 }])
    expect(Array.from(await weights.read('a'))).toEqual([1, -2])
    await failure(weights.read('b'), 'not-found')
    await weights.close()
  })

  it('is known by its content under another name', async () => {
    const weights = await openWeights(fileMaker(folder, '.bin')(safetensorsFile({ a: two }, floats(1, 2))))
    expect(weights.format).toBe('safetensors')
    await weights.close()
  })

  it('may have no metadata in so many words, and white space before its names, as the reference implementation reads it', async () => {
    const spaced = (json: string) => {
      const header = Buffer.alloc(8 + json.length)
      header.writeBigUInt64LE(BigInt(json.length))
      header.write(json, 8)
      return Buffer.concat([header, floats(1, 2)])
    }
    const json = JSON.stringify({ __metadata__: null, a: two })
    for (const text of [json, ` ${json}  `, json.replace('{', '{\n  ')]) {
      const weights = await openWeights(fileMaker(folder, '.bin')(spaced(text)))
      expect(weights).toMatchObject({ format: 'safetensors', metadata: {} })
      expect(Array.from(await weights.read('a'))).toEqual([1, 2])
      await weights.close()
    }
  })

  it('that is written to while it is read is refused: its tensors were of two files', async () => {
    const file = make(safetensorsFile({ a: two }, floats(1, 2)))
    const weights = await openWeights(file)
    expect(Array.from(await weights.read('a'))).toEqual([1, 2])
    writeFileSync(file, safetensorsFile({ a: two }, floats(3, 4)))
    utimesSync(file, 1, 1)
    await failure(weights.read('a'), 'weights.changed')
    await weights.close()
  })

  it('reads tensors that are not aligned in the file', async () => {
    const header = {
      flag: { dtype: 'BOOL', shape: [], data_offsets: [0, 1] },
      a: { dtype: 'F64', shape: [1], data_offsets: [1, 9] },
    }
    const data = Buffer.concat([Buffer.from([1]), Buffer.from(Float64Array.from([0.5]).buffer)])
    const weights = await openWeights(make(safetensorsFile(header, data)))
    expect(Array.from(await weights.read('a'))).toEqual([0.5])
    expect(Array.from(await weights.read('flag'))).toEqual([1])
    await weights.close()
  })

  const data = floats(1, 2)
  const described = (entry: unknown) => safetensorsFile({ a: entry }, data)
  it.each([
    ['a header that is no JSON', safetensorsFile('{"a":', data)],
    ['a header that is no object', safetensorsFile('["a"]', data)],
    [
      'a header that is no text',
      Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from([0x7b, 0xff])]),
    ],
    ['a header nested without end', safetensorsFile('['.repeat(100_000))],
    [
      'a name that stands twice',
      safetensorsFile(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
        data,
      ),
    ],
    [
      'a name that stands twice in another spelling',
      safetensorsFile(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\\u0061" :{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
        data,
      ),
    ],
    ['a tensor that is not described', described(null)],
    ['an unknown field', described({ ...two, more: 1 })],
    ['a type that is no text', described({ ...two, dtype: 4 })],
    ['a negative size', described({ ...two, shape: [-2] })],
    ['a size that is no count', described({ ...two, shape: [2.5] })],
    ['sizes that overflow', described({ ...two, shape: [2 ** 40, 2 ** 40] })],
    ['a shape that is no list', described({ ...two, shape: 2 })],
    ['a negative offset', described({ ...two, data_offsets: [-8, 0] })],
    ['offsets in the wrong order', described({ ...two, data_offsets: [8, 0] })],
    ['one offset', described({ ...two, data_offsets: [0] })],
    ['a shape of another size than its bytes', described({ ...two, shape: [3] })],
    ['metadata that is no object', safetensorsFile({ __metadata__: [], a: two }, data)],
    ['metadata that is no text', safetensorsFile({ __metadata__: { epoch: 3 }, a: two }, data)],
    [
      'overlapping tensors',
      safetensorsFile({ a: two, b: { ...two, data_offsets: [4, 12] } }, floats(1, 2, 3)),
    ],
    [
      'a gap between tensors',
      safetensorsFile({ a: two, b: { ...two, data_offsets: [12, 20] } }, floats(1, 2, 3, 4, 5)),
    ],
    ['bytes left over', safetensorsFile({ a: two }, floats(1, 2, 3))],
  ])('is refused as damaged with %s', async (_, bytes) => {
    await failure(openWeights(make(bytes)), 'weights.damaged')
  })

  it('says that its header is nested too deeply, before anything is made of it', async () => {
    const { message } = await failure(openWeights(make(safetensorsFile('{"a":[[[[]]]]}'))), 'weights.damaged')
    expect(message).toContain('nested too deeply')
  })

  it('is refused as cut short where its end is missing', async () => {
    await failure(openWeights(make(safetensorsFile({ a: two }, floats(1)))), 'weights.truncated')
    await failure(openWeights(make(Buffer.from('1234'))), 'weights.truncated')
    await failure(openWeights(make(safetensorsFile({ a: two }).subarray(0, 20))), 'weights.truncated')
  })

  it('says which type it cannot read', async () => {
    const bytes = safetensorsFile({ a: { dtype: 'F8_E4M3', shape: [8], data_offsets: [0, 8] } }, data)
    expect((await failure(openWeights(make(bytes)), 'weights.unsupported')).message).toContain('F8_E4M3')
  })

  it('mutated anywhere is read or refused, never anything else', async () => {
    const good = safetensorsFile(
      { __metadata__: { format: 'pt' }, a: two, b: { ...two, data_offsets: [8, 16] } },
      floats(1, 2, 3, 4),
    )
    const mutations = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const bytes = Buffer.from(good)
        for (const [at, value] of changes) bytes[at] = value
        try {
          const weights = await openWeights(make(bytes))
          for (const { name } of weights.tensors) await weights.read(name)
          await weights.close()
        } catch (error) {
          expect(error).toBeInstanceOf(ThawError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('writing safetensors', () => {
  const tensors = [
    outgoing('b.weight', [2, 2], [1, 2, 3, 4]),
    outgoing('a.bias', [1], [-0.5]),
    { name: 'z.num_batches_tracked', shape: [], dtype: 'int64' as const, values: () => Float32Array.of(12) },
    outgoing('이름', [0], []),
  ]

  it.each([1, 2, 3, 5, 8])(
    'lets values begin at a multiple of 8 behind a name of %i letters',
    async (length) => {
      const file = path.join(folder, 'aligned.safetensors')
      await writeSafetensors(file, [outgoing('n'.repeat(length), [1], [1])])
      expect(readFileSync(file).readBigUInt64LE() % 8n).toBe(0n)
    },
  )

  it('and reading gives the same tensors and metadata', async () => {
    const file = path.join(folder, 'written.safetensors')
    await writeSafetensors(file, tensors, { classes: '["개미","벌"]', architecture: 'vgg16' })
    const weights = await openWeights(file)
    expect(weights.metadata).toEqual({ architecture: 'vgg16', classes: '["개미","벌"]' })
    expect(weights.tensors.map(({ name }) => name)).toEqual([
      'z.num_batches_tracked',
      'a.bias',
      'b.weight',
      '이름',
    ])
    for (const { name, values, shape, dtype } of tensors) {
      expect(weights.tensors.find((t) => t.name === name)).toMatchObject({ shape, dtype })
      expect(await weights.read(name)).toEqual(await values())
    }
    await weights.close()
  })

  it('gives the same bytes for the same content in any order', async () => {
    const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')]
    await writeSafetensors(one, tensors, { a: '1', b: '2' })
    await writeSafetensors(other, tensors.toReversed(), { b: '2', a: '1' })
    expect(readFileSync(one).equals(readFileSync(other))).toBe(true)
  })

  it('starts the values at a multiple of eight', async () => {
    const file = path.join(folder, 'aligned')
    await writeSafetensors(file, tensors)
    expect(readFileSync(file).readBigUInt64LE() % 8n).toBe(0n)
  })

  it('refuses values that do not fill the shape, and leaves nothing behind', async () => {
    const file = path.join(folder, 'wrong')
    await expect(writeSafetensors(file, [outgoing('a', [3], [1, 2])])).rejects.toThrow(
      '2 values for 3 places',
    )
    expect(() => readFileSync(file)).toThrow()
  })
})
