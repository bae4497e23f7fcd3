import { z } from 'zod'

/**
 * How a photo becomes a square: `crop` cuts its middle out, `squash` resizes both sides to the square's whatever their ratio,
 * `pad` keeps the ratio and fills up with black. The last two lose nothing of what stands at the edge.
 */
export const Fit = z.enum(['crop', 'squash', 'pad'])
export type Fit = z.infer<typeof Fit>

/**
 * How a photo becomes the network's input: its shorter side is resized to `resize` pixels, the middle `crop` × `crop` is
 * cut out, values are divided by 255, and each channel becomes (value − mean) / std. This is torchvision's
 * Resize(resize), CenterCrop(crop), ToTensor, Normalize(mean, std). With `fit` the square is made otherwise:
 * `squash` is Resize((crop, crop)), `pad` is Pillow's ImageOps.pad(photo, (crop, crop)).
 */
export const Preparation = z.strictObject({
  /** Length of the shorter side after resizing, pixels. */
  resize: z.int().min(8).max(2048),
  /** Side of the square that the network sees, pixels. */
  crop: z.int().min(8).max(2048),
  /** Absent: `crop`. */
  fit: Fit.optional(),
  interpolation: z.enum(['bilinear', 'bicubic']),
  /** Red, green, blue, of values in 0–1. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
})
export type Preparation = z.infer<typeof Preparation>

/** The recipe's: what torchvision's ImageNet weights were trained with, but resized to 224 and not 256. */
export const recipePreparation: Preparation = {
  resize: 224,
  crop: 224,
  interpolation: 'bilinear',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
}

/** The preparation with its square made this way; null: as it is. `crop` is told by silence, as before there was a choice. */
export function fitted(preparation: Preparation, fit: Fit | null): Preparation {
  if (fit === null || fit === (preparation.fit ?? 'crop')) return preparation
  // Parsed: keys in one order, since kept features are found by what is written of it.
  return Preparation.parse({ ...preparation, fit: fit === 'crop' ? undefined : fit })
}
