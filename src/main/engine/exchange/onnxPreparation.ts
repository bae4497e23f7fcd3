import type { Preparation } from '../../../shared/preparation.ts'
import type { GraphBuilder } from './graphBuilder.ts'

/** PIL's bicubic kernel (Keys 1981). */
const cubicCoefficient = -0.5

/** ONNX's numbers of types. */
const [float32, int64, float64] = [1, 7, 11]

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

/** Whole numbers from 0 to 255, as PIL keeps them: a half goes up. */
function asLevels(builder: GraphBuilder, values: string): string {
  const limits = [builder.floats('zero', [0], []), builder.floats('level_most', [255], [])]
  const raised = builder.node('Add', [values, builder.floats('half', [0.5], [])])
  return builder.node('Clip', [builder.node('Floor', [raised]), ...limits])
}

/**
 * From the photos' bytes, [batch, height, width, 3] as RGB, to the network's input: resize with smoothing, crop from the middle (or
 * squash, or pad), normalise. As PIL it goes along the rows first, rounds, and then along the columns; PIL's weights are whole numbers of 22 bits,
 * these are floats, so that a level may differ where a value lies on the edge.
 * @returns the name of the prepared tensor, [batch, 3, crop, crop]
 */
export function emitPreparation(builder: GraphBuilder, preparation: Preparation, input: string): string {
  const { crop, fit = 'crop', interpolation, mean, std } = preparation
  const numbers = cast(builder, input, float32)
  const photo = builder.node('Transpose', [numbers], { perm: { ints: [0, 3, 1, 2] } })
  const shape = builder.node('Shape', [photo])
  const given = builder.node('Slice', [shape, builder.ints(2), builder.ints(4), builder.ints(0)])
  const part = (of: string, from: number, to: number) =>
    builder.node('Slice', [of, builder.ints(from), builder.ints(to), builder.ints(0)])
  const sized = (image: string, ...axes: string[]) =>
    builder.node('Resize', [image, '', '', builder.node('Concat', axes, { axis: { int: 0 } })], {
      mode: { string: interpolation === 'bicubic' ? 'cubic' : 'linear' },
      antialias: { int: 1 },
      coordinate_transformation_mode: { string: 'half_pixel' },
      // Beyond the border PIL takes nothing and shares the weights among the rest.
      exclude_outside: { int: 1 },
      ...(interpolation === 'bicubic' && { cubic_coeff_a: { float: cubicCoefficient } }),
    })
  const scaledTo = (size: string) => {
    const wide = asLevels(builder, sized(photo, part(shape, 0, 3), part(size, 1, 2)))
    return asLevels(builder, sized(wide, part(shape, 0, 2), size))
  }
  const square = () => {
    if (fit === 'squash') return scaledTo(builder.ints(crop, crop))
    if (fit === 'pad') {
      const size = containedSides(builder, given, crop)
      return onBlack(builder, scaledTo(size), size, crop)
    }
    const { resized, first } = croppedSides(builder, given, preparation)
    const end = builder.node('Add', [first, builder.ints(crop, crop)])
    return builder.node('Slice', [scaledTo(resized), first, end, builder.ints(2, 3)])
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
