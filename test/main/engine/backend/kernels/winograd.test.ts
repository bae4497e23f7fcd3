import { describe, expect, it } from 'vitest'
import { suitsWinograd, winogradMatrices } from '../../../../../src/main/engine/backend/kernels/winograd.ts'

const times = (m: number[][], v: number[]): number[] =>
  m.map((row) => row.reduce((sum, it, i) => sum + it * v[i]!, 0))

describe('Winograd’s matrices', () => {
  const { output, filter, input } = winogradMatrices()

  it('make four outputs of six inputs and three taps', () => {
    const taps = [0.3, -1.7, 2.2]
    const inputs = [1.5, -0.25, 3, 0.125, -2, 0.7]
    const products = times(filter, taps).map((it, i) => it * times(input, inputs)[i]!)
    const expected = [0, 1, 2, 3].map((at) => taps.reduce((sum, tap, i) => sum + tap * inputs[at + i]!, 0))
    times(output, products).forEach((it, i) => expect(it).toBeCloseTo(expected[i]!, 12))
  })

  it('lose nothing in float32 where inputs come in and outputs go out', () => {
    for (const value of [...input, ...output].flat()) expect(Math.fround(value)).toBe(value)
  })

  it('have no number far from 1, which would cost digits', () => {
    for (const row of filter) expect(Math.max(...row.map(Math.abs))).toBeLessThan(4)
  })
})

describe('Winograd’s algorithm is taken', () => {
  const how = { stride: 1, padding: 1, depthwise: false }

  it.each([
    ['VGG’s first layers, which are narrow', [8, 224, 224, 64], [3, 3, 64, 64], how, false],
    ['its second block', [8, 112, 112, 128], [3, 3, 128, 128], how, false],
    ['its third block', [8, 56, 56, 128], [3, 3, 128, 256], how, true],
    ['its fifth block', [8, 14, 14, 512], [3, 3, 512, 512], how, true],
    ['“same” padding', [8, 14, 14, 512], [3, 3, 512, 512], { ...how, padding: 'same' as const }, true],
    ['maps that half fill their tiles', [8, 5, 5, 512], [3, 3, 512, 512], how, false],
    ['other strides', [8, 14, 14, 512], [3, 3, 512, 512], { ...how, stride: 2 }, false],
    ['no padding', [8, 14, 14, 512], [3, 3, 512, 512], { ...how, padding: 0 }, false],
    ['larger filters', [8, 14, 14, 512], [5, 5, 512, 512], { ...how, padding: 2 }, false],
    ['products of single pixels', [8, 14, 14, 512], [1, 1, 512, 512], { ...how, padding: 0 }, false],
    ['depthwise ones', [8, 14, 14, 512], [3, 3, 512, 1], { ...how, depthwise: true }, false],
  ])('for %s or not', (_, x, filter, window, expected) => {
    expect(suitsWinograd(x, filter, window)).toBe(expected)
  })

  it('sooner for the gradient of a filter', () => {
    expect(suitsWinograd([8, 112, 112, 128], [3, 3, 128, 128], how, 'filter gradient')).toBe(true)
  })
})
