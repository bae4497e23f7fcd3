import type { Preparation } from '../../../shared/preparation.ts'
import type { GraphBuilder } from './graphBuilder.ts'
import { resizeFirstAxis, types } from './onnxResize.ts'

const { float32, int64, float64 } = types

const cast = (builder: GraphBuilder, value: string, to: number): string =>
  builder.node('Cast', [value], { to: { int: to } })

/** A photo's two sides as Pillow's ImageOps.contain makes them, [2]: counted in float64, as Python does. */
function containedSides(builder: GraphBuilder, given: string, crop: number): string {
  const longer = builder.node('ReduceMax', [given], { keepdims: { int: 1 } })
  const share = builder.node('Div', [cast(builder, given, float64), cast(builder, longer, float64)])
  const exact = builder.node('Mul', [share, cast(builder, builder.ints(crop), float64)])
  return builder.node('Max', [cast(builder, builder.node('Round', [exact]), int64), builder.ints(1)])
}

/** A resized photo in the middle of a black square, as Pillow's ImageOps.pad puts it. */
function onBlack(builder: GraphBuilder, image: string, size: string, crop: number): string {
  const over = builder.node('Sub', [builder.ints(crop), size])
  const half = builder.node('Mul', [cast(builder, over, float32), builder.floats('half', [0.5], [])])
  const before = cast(builder, builder.node('Round', [half]), int64)
  const after = builder.node('Sub', [over, before])
  const none = builder.ints(0, 0)
  return builder.node('Pad', [
    image,
    builder.node('Concat', [none, before, none, after], { axis: { int: 0 } }),
  ])
}

/** A photo's two sides as they shall be, [2], and where the crop begins, [2]: torchvision's Resize and CenterCrop. */
function croppedSides(builder: GraphBuilder, given: string, { resize, crop }: Preparation) {
  const shorter = builder.node('ReduceMin', [given], { keepdims: { int: 1 } })
  // Whole numbers: a division drops its rest, as int() does in torchvision.
  const resized = builder.node('Div', [builder.node('Mul', [given, builder.ints(resize)]), shorter])
  const over = builder.node('Sub', [resized, builder.ints(crop)])
  const half = builder.node('Mul', [cast(builder, over, float32), builder.floats('half', [0.5], [])])
  // Round goes to the even number, as Python's round() does.
  return { resized, first: cast(builder, builder.node('Round', [half]), int64) }
}

/**
 * From the photos' bytes, [batch, height, width, 3] as RGB, to the network's input: resize with smoothing, crop from the middle (or
 * squash, or pad), normalise. As PIL it goes along the rows first, rounds, and then along the columns; of a crop only what is in it is
 * computed. Every byte is Pillow's.
 * @returns the name of the prepared tensor, [batch, 3, crop, crop]
 */
export function emitPreparation(builder: GraphBuilder, preparation: Preparation, input: string): string {
  const { crop, fit = 'crop', interpolation, mean, std } = preparation
  const part = (of: string, from: number, to: number) =>
    builder.node('Slice', [of, builder.ints(from), builder.ints(to), builder.ints(0)])
  const transposed = (image: string, ...perm: number[]) =>
    builder.node('Transpose', [image], { perm: { ints: perm } })
  const given = part(builder.node('Shape', [input]), 1, 3)
  /** Height and width as they shall be, [2], and of these the part from `first` on, [2], so long as `count`, [2]. */
  const scaledTo = (size: string, first: string, count: string) => {
    const side = (axis: number) => {
      const at = (of: string) => part(of, axis, axis + 1)
      return { from: at(given), to: at(size), first: at(first), count: at(count) }
    }
    const wide = resizeFirstAxis(builder, transposed(input, 2, 0, 1, 3), side(1), interpolation)
    const high = resizeFirstAxis(builder, transposed(wide, 2, 1, 0, 3), side(0), interpolation)
    return cast(builder, transposed(high, 1, 3, 0, 2), float32)
  }
  const square = () => {
    if (fit === 'pad') {
      const size = containedSides(builder, given, crop)
      return onBlack(builder, scaledTo(size, builder.ints(0, 0), size), size, crop)
    }
    const whole = builder.ints(crop, crop)
    if (fit === 'squash') return scaledTo(whole, builder.ints(0, 0), whole)
    const { resized, first } = croppedSides(builder, given, preparation)
    return scaledTo(resized, first, whole)
  }
  const levels = square()
  // (x / 255 − mean) / std as one factor and one offset a channel.
  const factor = builder.floats(
    'preparation_factor',
    std.map((it) => 1 / (255 * it)),
    [1, 3, 1, 1],
  )
  const offset = builder.floats(
    'preparation_offset',
    mean.map((it, c) => -it / std[c]!),
    [1, 3, 1, 1],
  )
  return builder.node('Add', [builder.node('Mul', [levels, factor]), offset])
}
