import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { writeFormulaWeights } from '../../src/main/engine/weights/formula.ts'
import type { RunSettings } from '../../src/shared/config.ts'
import { mix } from '../../src/shared/random.ts'

/** Photos so small that a whole training run takes about a second. */
export async function drawTinyPhotos(folder: string, train = 48, val = 12): Promise<void> {
  for (let i = 0; i < train + val; i += 1) {
    const name = i % 2 === 0 ? 'dark' : 'light'
    const file = path.join(folder, i < train ? 'train' : 'val', name, `${name}-${i}.png`)
    const pixels = Uint8Array.from(
      { length: 24 * 20 * 3 },
      (_, k) => (mix(k + i * 7919) >>> 25) + (i % 2) * 60,
    )
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(
      file,
      await sharp(pixels, { raw: { width: 24, height: 20, channels: 3 } })
        .png()
        .toBuffer(),
    )
  }
}

export type TinyNetwork = 'tiny-vgg' | 'tiny-bn'

/** How photos are prepared for the tiny networks: their own size instead of 224 pixels. */
const sides: Record<TinyNetwork, number> = { 'tiny-vgg': 32, 'tiny-bn': 16 }

/** Settings of a run with one of the tiny networks, its weights written into `folder` first. */
export async function tinySettings(folder: string, network: TinyNetwork): Promise<RunSettings> {
  await mkdir(folder, { recursive: true })
  const weights = path.join(folder, `${network}.pth`)
  await writeFormulaWeights(network, weights)
  const side = sides[network]
  return {
    backbone: network,
    weights,
    preparation: {
      resize: side,
      crop: side,
      interpolation: 'bilinear',
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
    },
    batch: 8,
  }
}
