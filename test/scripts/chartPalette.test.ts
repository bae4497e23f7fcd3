/** The eight series of a chart, as eyes see them that lack one kind of cone, in both themes. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

type Three = readonly [number, number, number]
type Matrix = readonly [Three, Three, Three]

const tokens = readFileSync(path.resolve('src/renderer/styles/tokens.css'), 'utf8')

/** The colour of a token in both themes, sRGB from 0 to 1. */
function colourOf(name: string, theme: 'light' | 'dark'): Three {
  const found = new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(tokens)
  if (!found) throw new Error(`no colour ${name}`)
  const hex = found[theme === 'light' ? 1 : 2]!
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Three
}

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const times = (matrix: Matrix, [a, b, c]: Three): Three =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Three

/** What is seen in full severity, in linear sRGB: the matrices of Machado, Oliveira and Fernandes (2009). */
const eyes: Record<string, Matrix> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** Björn Ottosson's OKLab (2020) of linear sRGB, in hundredths of lightness. */
function oklab(rgb: Three): Three {
  const toCones: Matrix = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ]
  const toLab: Matrix = [
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
  ]
  const cones = times(toCones, rgb).map((value) => Math.cbrt(value)) as unknown as Three
  return times(toLab, cones).map((value) => 100 * value) as unknown as Three
}

const seen = (colour: Three, eye: Matrix): Three =>
  times(eye, colour.map(linear) as unknown as Three).map((it) =>
    Math.min(1, Math.max(0, it)),
  ) as unknown as Three
const apart = (a: Three, b: Three) => Math.hypot(...oklab(a).map((value, i) => value - oklab(b)[i]!))

const luminance = (colour: Three) => {
  const [r, g, b] = colour.map(linear) as unknown as Three
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: Three, b: Three): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe.each(['light', 'dark'] as const)('the series of a chart, %s', (theme) => {
  const series = Array.from({ length: 8 }, (_, i) => colourOf(`chart-${i + 1}`, theme))

  it.each(Object.keys(eyes))('are told apart by %s eyes', (kind) => {
    const eye = eyes[kind]!
    const close = series.flatMap((a, i) =>
      series.flatMap((b, j) => {
        const distance = j > i ? apart(seen(a, eye), seen(b, eye)) : Infinity
        return distance < 9 ? [`${i + 1} and ${j + 1}: ${distance.toFixed(1)}`] : []
      }),
    )
    expect(close).toEqual([])
  })

  it('stand out from what they are drawn on', () => {
    for (const ground of ['surface', 'surface-2', 'ground', 'raised', 'canvas'])
      for (const [i, colour] of series.entries())
        expect(contrast(colour, colourOf(ground, theme)), `${i + 1} on ${ground}`).toBeGreaterThanOrEqual(3)
  })
})
