import type { Preparation } from '../../../shared/preparation.ts'
import type { GraphBuilder } from './graphBuilder.ts'

/** PIL's bicubic kernel (Keys 1981). */
const cubicCoefficient = -0.5

/** A photo's two sides as they shall be, [2], and where the crop begins, [2]: torchvision's Resize and CenterCrop. */
function sides(builder: GraphBuilder, photo: string, { resize, crop }: Preparation) {
  const shape = builder.node('Shape', [photo])
  const given = builder.node('Slice', [shape, builder.ints(2), builder.ints(4), builder.ints(0)])
  const shorter = builder.node('ReduceMin', [given], { keepdims: { int: 1 } })
  // Whole numbers: a division drops its rest, as int() does in torchvision.
  const resized = builder.node('Div', [builder.node('Mul', [given, builder.ints(resize)]), shorter])
  const over = builder.node('Sub', [resized, builder.ints(crop)])
  const half = builder.node('Mul', [
    builder.node('Cast', [over], { to: { int: 1 } }),
    builder.floats('half', [0.5], []),
  ])
  // Round goes to the even number, as Python's round() does.
  const first = builder.node('Cast', [builder.node('Round', [half])], { to: { int: 7 } })
  return { shape, resized, first }
}

/** Whole numbers from 0 to 255, as PIL keeps them. */
function asLevels(builder: GraphBuilder, values: string): string {
  const limits = [builder.floats('zero', [0], []), builder.floats('level_most', [255], [])]
  return builder.node('Clip', [builder.node('Round', [values]), ...limits])
}

/**
 * From the photos' bytes, [batch, height, width, 3] as RGB, to the network's input: resize with smoothing, crop from the middle,
 * normalise. As PIL it goes along the rows first, rounds, and then along the columns; PIL's weights are whole numbers of 22 bits,
 * these are floats, so that a level may differ where a value lies on the edge.
 * @returns the name of the prepared tensor, [batch, 3, crop, crop]
 */
export function emitPreparation(builder: GraphBuilder, preparation: Preparation, input: string): string {
  const { crop, interpolation, mean, std } = preparation
  const numbers = builder.node('Cast', [input], { to: { int: 1 } })
  const photo = builder.node('Transpose', [numbers], { perm: { ints: [0, 3, 1, 2] } })
  const { shape, resized, first } = sides(builder, photo, preparation)
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
  const wide = asLevels(builder, sized(photo, part(shape, 0, 3), part(resized, 1, 2)))
  const scaled = asLevels(builder, sized(wide, part(shape, 0, 2), resized))
  const end = builder.node('Add', [first, builder.ints(crop, crop)])
  const levels = builder.node('Slice', [scaled, first, end, builder.ints(2, 3)])
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
