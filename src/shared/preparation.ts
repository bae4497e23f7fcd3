import { z } from 'zod'

/**
 * How a photo becomes the network's input: its shorter side is resized to `resize` pixels, the middle `crop` × `crop` is
 * cut out, values are divided by 255, and each channel becomes (value − mean) / std. This is torchvision's
 * Resize(resize), CenterCrop(crop), ToTensor, Normalize(mean, std).
 */
export const Preparation = z.strictObject({
  /** Length of the shorter side after resizing, pixels. */
  resize: z.int().min(8).max(2048),
  /** Side of the square that the network sees, pixels. */
  crop: z.int().min(8).max(2048),
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
