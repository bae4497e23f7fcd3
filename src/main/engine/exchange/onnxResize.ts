/**
 * Pillow's antialiased resize as ONNX's nodes, byte for byte (see `preprocess/resize.ts`, whose arithmetic this is). ONNX has a Resize of its
 * own, but that keeps its weights in float32. Here they are computed in float64 from the photo's size and rounded to whole numbers, and
 * sums of bytes by whole numbers are exact in any order.
 */
import type { Preparation } from '../../../shared/preparation.ts'
import type { GraphBuilder } from './graphBuilder.ts'

/** ONNX's numbers of types. */
export const types = { float32: 1, uint8: 2, int64: 7, float64: 11 } as const

/** One side of a photo: how long it is, how long it shall be, and which part of that is wanted. All of them int64, [1]. */
export interface Side {
  from: string
  to: string
  first: string
  count: string
}

/** Binary digits of the weights' fractions. */
const fractionalBits = 22
/** A weight is split into three numbers of eight bits, from -128 to 127: products of these are what ONNX sums in whole numbers. */
const split = 256

/** What is computed with ONNX's names of values. */
function calculus(builder: GraphBuilder) {
  const cast = (value: string, to: number) => builder.node('Cast', [value], { to: { int: to } })
  const op = (name: string) => (a: string, b: string) => builder.node(name, [a, b])
  return {
    cast,
    double: (value: string) => cast(value, types.float64),
    /** A number that float32 has exactly, in float64. */
    number: (value: number) => cast(builder.floats(`number_${value}`, [value], []), types.float64),
    add: op('Add'),
    sub: op('Sub'),
    mul: op('Mul'),
    div: op('Div'),
    max: op('Max'),
    min: op('Min'),
    less: op('Less'),
    /** 0, 1, … below a count of shape [1]; [count]. */
    upTo: (count: string) =>
      builder.node('Range', [builder.int(0), builder.node('Squeeze', [count]), builder.int(1)]),
    column: (value: string) => builder.node('Unsqueeze', [value, builder.ints(1)]),
  }
}
type Calculus = ReturnType<typeof calculus>

/** How far from its middle a weight reaches, and what it is at a distance from it. */
const filters: Record<
  Preparation['interpolation'],
  { support: number; weight: (its: Calculus, x: string) => string }
> = {
  bilinear: {
    support: 1,
    weight: ({ sub, max, number }, x) => max(sub(number(1), x), number(0)),
  },
  // Keys' cubic with a = −½, in Pillow's order of operations; each branch counts where its condition is 1.
  bicubic: {
    support: 2,
    weight: ({ add, sub, mul, less, double, number }, x) => {
      const near = add(mul(mul(sub(mul(number(1.5), x), number(2.5)), x), x), number(1))
      const far = mul(sub(mul(add(mul(sub(x, number(5)), x), number(8)), x), number(4)), number(-0.5))
      const isNear = double(less(x, number(1)))
      const isFar = sub(double(less(x, number(2))), isNear)
      return add(mul(near, isNear), mul(far, isFar))
    },
  },
}

/**
 * @returns which inputs each output is a mean of, [count, taps]; how much each counts, whole numbers of 22 bits, [count, taps]; and how many
 * they are at most, [1]
 */
function coefficients(
  builder: GraphBuilder,
  { from, to, first, count }: Side,
  interpolation: Preparation['interpolation'],
) {
  const its = calculus(builder)
  const { add, sub, mul, div, max, min, less, double, number, cast, upTo, column } = its
  const { support, weight } = filters[interpolation]
  const scale = div(double(from), double(to))
  const widened = max(scale, number(1))
  const reach = mul(number(support), widened)
  const center = mul(add(double(add(upTo(count), first)), number(0.5)), scale)
  const edge = (at: string) => cast(add(at, number(0.5)), types.int64)
  const start = max(edge(sub(center, reach)), builder.ints(0))
  const end = min(edge(add(center, reach)), from)
  const wide = cast(builder.node('Ceil', [reach]), types.int64)
  const taps = add(mul(wide, builder.ints(2)), builder.ints(1))
  const places = add(column(start), upTo(taps))
  const distance = mul(add(sub(double(places), column(center)), number(0.5)), div(number(1), widened))
  const within = double(less(places, column(end)))
  const raw = mul(weight(its, builder.node('Abs', [distance])), within)
  const sum = builder.node('ReduceSum', [raw, builder.ints(1)], { keepdims: { int: 1 } })
  const exact = mul(div(raw, sum), number(2 ** fractionalBits))
  const half = mul(builder.node('Sign', [exact]), number(0.5))
  return {
    places: min(places, sub(from, builder.ints(1))),
    weights: cast(add(exact, half), types.int64),
    taps,
  }
}

/** Whole numbers [count, taps] as three of eight bits each, 128 above their own: uint8, [count, 3, taps]. */
function inParts(builder: GraphBuilder, weights: string): string {
  const { add, sub, div, cast } = calculus(builder)
  const half = builder.ints(split / 2)
  const cut = (value: string) => {
    const raised = add(value, half)
    const part = builder.node('Mod', [raised, builder.ints(split)])
    return { part, rest: div(sub(raised, part), builder.ints(split)) }
  }
  const low = cut(weights)
  const middle = cut(low.rest)
  const parts = [low.part, middle.part, add(middle.rest, half)]
  const asRows = parts.map((part) => builder.node('Unsqueeze', [part, builder.ints(1)]))
  return cast(builder.node('Concat', asRows, { axis: { int: 1 } }), types.uint8)
}

/**
 * Resizes the first axis of bytes.
 * @param photo uint8, [side.from, …]
 * @returns uint8, [side.count, …]
 */
export function resizeFirstAxis(
  builder: GraphBuilder,
  photo: string,
  side: Side,
  interpolation: Preparation['interpolation'],
): string {
  const { add, mul, div, max, min, double, number, cast } = calculus(builder)
  const { places, weights, taps } = coefficients(builder, side, interpolation)
  const concat = (...parts: string[]) => builder.node('Concat', parts, { axis: { int: 0 } })
  const shape = builder.node('Shape', [photo], { start: { int: 1 } })
  const gathered = builder.node('Gather', [photo, places], { axis: { int: 0 } })
  const bytes = builder.node('Reshape', [gathered, concat(side.count, taps, builder.ints(-1))])
  const zero = cast(builder.int(split / 2), types.uint8)
  const sums = builder.node('MatMulInteger', [inParts(builder, weights), bytes, zero])
  const factors = builder.floats('parts_factors', [1, split, split ** 2], [3, 1])
  const sum = builder.node('ReduceSum', [mul(double(sums), double(factors)), builder.ints(1)], {
    keepdims: { int: 0 },
  })
  // A half goes up. What is below zero is cut off there, so that it does not matter how it is rounded.
  const rounded = cast(
    div(add(sum, number(2 ** (fractionalBits - 1))), number(2 ** fractionalBits)),
    types.int64,
  )
  const levels = cast(min(max(rounded, builder.ints(0)), builder.ints(255)), types.uint8)
  return builder.node('Reshape', [levels, concat(side.count, shape)])
}
