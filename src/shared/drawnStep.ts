import { z } from 'zod'
import { interpolations } from './augmentation.ts'

const number = z.number()
const colour = z.tuple([number, number, number])
const interpolation = z.enum(interpolations)

/** What TrivialAugmentWide chooses from. */
export const trivialOperations = [
  'Identity',
  'ShearX',
  'ShearY',
  'TranslateX',
  'TranslateY',
  'Rotate',
  'Brightness',
  'Color',
  'Contrast',
  'Sharpness',
  'Posterize',
  'Solarize',
  'AutoContrast',
  'Equalize',
] as const

/**
 * What was drawn for one view of a photo, all that decides its bytes: what torchvision's make_params gives, by its names, and what of the
 * transform's own parameters counts.
 */
export const DrawnStep = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('RandomResizedCrop'),
    ...{ top: number, left: number, height: number, width: number },
  }),
  z.strictObject({ name: z.literal('RandomHorizontalFlip') }),
  z.strictObject({ name: z.literal('RandomVerticalFlip') }),
  z.strictObject({
    name: z.literal('RandomRotation'),
    angle: number,
    interpolation,
    expand: z.boolean(),
    center: z.tuple([number, number]).nullable(),
    fill: colour,
  }),
  z.strictObject({
    name: z.literal('ColorJitter'),
    /** In which order the four are applied: 0 brightness, 1 contrast, 2 saturation, 3 hue. */
    fn_idx: z.array(z.int().min(0).max(3)),
    brightness_factor: number.nullable(),
    contrast_factor: number.nullable(),
    saturation_factor: number.nullable(),
    hue_factor: number.nullable(),
  }),
  z.strictObject({ name: z.literal('RandomGrayscale') }),
  z.strictObject({
    name: z.literal('GaussianBlur'),
    /** Across and down. */
    kernel_size: z.tuple([z.int(), z.int()]),
    sigma: z.tuple([number, number]),
  }),
  z.strictObject({
    name: z.literal('RandomErasing'),
    /** Top, left, height and width; then the colour. */
    ...{ i: number, j: number, h: number, w: number },
    v: colour,
  }),
  z.strictObject({
    name: z.literal('TrivialAugmentWide'),
    transform_id: z.enum(trivialOperations),
    magnitude: number,
    interpolation,
    fill: colour,
  }),
])
export type DrawnStep = z.infer<typeof DrawnStep>
export type DrawnOf<N extends DrawnStep['name']> = Extract<DrawnStep, { name: N }>
