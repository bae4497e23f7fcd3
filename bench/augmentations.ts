/**
 * Draws transforms for photos, applies them, and writes what was drawn with the SHA-256 of the result, a line a step, for
 * augmentations.py to repeat with torchvision:
 *
 *     node scripts/node24.mjs bench/augmentations.ts FOLDER > steps.jsonl; python bench/augmentations.py steps.jsonl
 */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { transformNames, parseAugmentation, transformsOf } from '../src/shared/augmentation.ts'
import { recipePreparation } from '../src/shared/preparation.ts'
import { randomFor } from '../src/shared/random.ts'
import { applyStep, augment } from '../src/main/engine/preprocess/augment/augment.ts'
import { decodePhoto } from '../src/main/engine/photos/decode.ts'

const [folder = '.', count = '40'] = process.argv.slice(2)

/** Parameters that reach far, so that clipping and edges come often. */
const wide: Record<string, object[]> = {
  RandomRotation: ['nearest', 'bilinear', 'bicubic'].map((interpolation) => ({
    ...{ degrees: 180, interpolation, fill: [12, 200, 99] },
  })),
  ColorJitter: [
    { brightness: 1, contrast: 1, saturation: 1, hue: 0.5 },
    { brightness: [1, 3] },
    { hue: 0.5 },
  ],
  GaussianBlur: [3, 9, 23].map((size) => ({ kernel_size: size, sigma: [0.1, 5] })),
  TrivialAugmentWide: ['nearest', 'bilinear', 'bicubic'].map((interpolation) => ({ interpolation })),
}

const files = await readdir(folder, { recursive: true })
const photos = files.filter((file) => /\.jpe?g$/i.test(file)).sort()
const every = Math.max(1, Math.floor(photos.length / Number(count)))
const seconds: Record<string, number[]> = {}
for (const [index, name] of photos.filter((_, i) => i % every === 0).entries()) {
  const photo = await decodePhoto(path.join(folder, name))
  for (const transform of transformNames)
    for (const [variant, parameters] of (wide[transform] ?? [{ p: 1 }]).entries()) {
      // On the photo itself, in all its odd sizes: what is before a crop sees all of it.
      const given = transform === 'RandomResizedCrop' ? {} : parameters
      const crops = transform === 'RandomResizedCrop' ? [] : [{ name: 'RandomResizedCrop' }]
      const list = transformsOf(parseAugmentation([{ name: transform, ...given }, ...crops]))
      const random = randomFor(1, 'augmentation', index, variant)
      const { drawn } = augment(photo, list, random, recipePreparation)
      const step = drawn.find((it) => it.name === transform)
      if (!step) continue
      const from = performance.now()
      const { data, width, height } = applyStep(photo, step, recipePreparation)
      ;(seconds[transform] ??= []).push((performance.now() - from) / (photo.width * photo.height))
      const line = { file: path.resolve(folder, name), step, size: [width, height], sha256: sha256(data) }
      const blurred = transform === 'GaussianBlur' && { bytes: Buffer.from(data).toString('base64') }
      console.log(JSON.stringify({ ...line, ...blurred }))
    }
}
for (const [name, found] of Object.entries(seconds)) {
  const mean = found.reduce((a, b) => a + b, 0) / found.length
  console.error(`${name}: ${(mean * 224 * 224).toFixed(2)} ms for 224 × 224`)
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
