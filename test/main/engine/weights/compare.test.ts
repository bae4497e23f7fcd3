import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareWeights } from '../../../../src/main/engine/weights/difference.ts'
import { writeFormulaWeights } from '../../../../src/main/engine/weights/formula.ts'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import { nearestNetwork, networkOfFile } from '../../../../src/main/engine/weights/nearest.ts'
import { writeSafetensors } from '../../../../src/main/engine/weights/safetensors-writer.ts'
import { statisticsOf } from '../../../../src/main/engine/weights/statistics.ts'
import { temporaryFolder } from './support.ts'

const folder = temporaryFolder()

const written = async (name: string, tensors: Record<string, { shape: number[]; values: number[] }>) => {
  const file = path.join(folder, `${name}.safetensors`)
  await writeSafetensors(
    file,
    Object.entries(tensors).map(([its, { shape, values }]) => ({
      name: its,
      shape,
      dtype: 'float32' as const,
      values: () => Float32Array.from(values),
    })),
  )
  return openWeights(file)
}

describe('a tensor’s values', () => {
  it('are told by their finite ones, with what is not finite counted', () => {
    const told = statisticsOf(Float32Array.of(-1, 0, 3, NaN, Infinity))
    expect(told).toMatchObject({ count: 5, notFinite: 2, zeros: 1, min: -1, max: 3 })
    expect(told.mean).toBeCloseTo(2 / 3, 12)
    expect(told.deviation).toBeCloseTo(Math.sqrt(26 / 9), 12)
    expect(told.histogram.reduce((a, b) => a + b)).toBe(3)
    expect([told.histogram[0], told.histogram.at(-1)]).toEqual([1, 1])
  })

  it('are told where all are equal, and where there are none', () => {
    expect(statisticsOf(Float32Array.of(2, 2)).histogram[0]).toBe(2)
    expect(statisticsOf(new Float32Array())).toMatchObject({ count: 0, min: 0, max: 0, mean: 0 })
  })
})

describe('two files side by side', () => {
  it('tell what moved most first, and leave out what is the same to the bit', async () => {
    const a = await written('a', {
      'body.weight': { shape: [2], values: [3, 4] },
      'head.weight': { shape: [2], values: [1, 0] },
      'same.bias': { shape: [1], values: [7] },
      'gone.bias': { shape: [1], values: [1] },
      'wide.bias': { shape: [1], values: [1] },
    })
    const b = await written('b', {
      'module.body.weight': { shape: [2], values: [3, 4.5] },
      'module.head.weight': { shape: [2], values: [0, 1] },
      'module.same.bias': { shape: [1], values: [7] },
      'module.wide.bias': { shape: [2], values: [1, 1] },
    })
    const found = await compareWeights(a, b)
    expect(found).toMatchObject({ same: 1, onlyA: ['gone.bias'], onlyB: [] })
    expect(found.misshapen).toEqual([{ name: 'wide.bias', a: [1], b: [2] }])
    expect(found.changed.map(({ name }) => name)).toEqual(['head.weight', 'body.weight'])
    expect(found.layers.map(({ name, changed }) => [name, changed])).toEqual([
      ['head', 1],
      ['body', 1],
    ])
    expect(found.changed[0]!.relative).toBeCloseTo(Math.SQRT2, 12)
    expect(found.changed[1]).toMatchObject({ relative: 0.1, largest: 0.5, values: 1, count: 2 })
    await a.close()
    await b.close()
  })

  it('put first what no number tells', async () => {
    const a = await written('c', { x: { shape: [1], values: [1] }, y: { shape: [1], values: [1] } })
    const b = await written('d', { x: { shape: [1], values: [9] }, y: { shape: [1], values: [NaN] } })
    const { changed } = await compareWeights(a, b)
    expect(changed.map(({ name, relative }) => [name, relative])).toEqual([
      ['y', null],
      ['x', 8],
    ])
    await a.close()
    await b.close()
  })
})

it('A value that changed its sign alone has changed, a zero too', async () => {
  const [a, b] = await Promise.all([
    written('plus', { x: { shape: [2], values: [1, 0] } }),
    written('minus', { x: { shape: [2], values: [-1, -0] } }),
  ])
  expect((await compareWeights(a, b)).changed).toMatchObject([{ name: 'x', values: 2, count: 2, largest: 2 }])
  await a.close()
  await b.close()
})

describe('which network a foreign file is', () => {
  it('is told for one that fits, and for one of which only the last layer differs', async () => {
    const file = path.join(folder, 'mobilenet.pth')
    await writeFormulaWeights('mobilenet-v2', file)
    const whole = await openWeights(file)
    expect(nearestNetwork(whole)).toEqual({
      network: 'mobilenet-v2',
      missing: [],
      unexpected: [],
      misshapen: [],
      onlyHead: true,
      classes: 1000,
    })
    const headless = { ...whole, tensors: whole.tensors.filter(({ name }) => !name.startsWith('classifier')) }
    expect(nearestNetwork(headless)).toMatchObject({
      network: 'mobilenet-v2',
      missing: ['classifier.1.weight', 'classifier.1.bias'],
      onlyHead: true,
      classes: null,
    })
    const ofTwo = {
      ...whole,
      tensors: whole.tensors.map((it) =>
        it.name.startsWith('classifier') ? { ...it, shape: [2, ...it.shape.slice(1)] } : it,
      ),
    }
    expect(nearestNetwork(ofTwo)).toMatchObject({ onlyHead: true, classes: 2, misshapen: [] })
    expect(networkOfFile(ofTwo)).toBe('mobilenet-v2')
    await whole.close()
  })

  it('is told with every difference where the body differs, and is none for what is no network', async () => {
    const file = path.join(folder, 'resnet.pth')
    await writeFormulaWeights('resnet18', file)
    const whole = await openWeights(file)
    const other = {
      ...whole,
      tensors: whole.tensors.map((it) => (it.name === 'conv1.weight' ? { ...it, shape: [64, 1, 7, 7] } : it)),
    }
    expect(nearestNetwork(other)).toMatchObject({
      network: 'resnet18',
      misshapen: [{ name: 'conv1.weight', found: [64, 1, 7, 7], expected: [64, 3, 7, 7] }],
      onlyHead: false,
    })
    const third = { ...whole, tensors: whole.tensors.slice(0, 40) }
    expect(nearestNetwork(third)).toBeNull()
    await whole.close()
    const none = await written('none', { x: { shape: [1], values: [1] } })
    expect(nearestNetwork(none)).toBeNull()
    expect(() => networkOfFile(none)).toThrow(expect.objectContaining({ code: 'weights.no-network' }))
    await none.close()
  })
})
