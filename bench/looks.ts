/**
 * `node scripts/node24.mjs bench/looks.ts FOLDER`: what the thresholds of *blurred*, *dark*, *bright* and *tiny* (engine/findings/looks.ts) do on
 * real photos: how many of them are named as they are, and how many once they are spoiled. One JSON object a row.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Sharp } from 'sharp'
import sharp from 'sharp'
import { measurePhoto } from '../src/main/engine/findings/measure.ts'
import type { Measures } from '../src/main/engine/findings/measure.ts'
import { looks } from '../src/main/engine/findings/looks.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Which folder of photos?')
const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.jpe?g$/i.test(entry.name))
  .map((entry) => path.join(entry.parentPath, entry.name))
  .toSorted()
const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-looks-'))

type Spoil = (image: Sharp, side: number) => Sharp
/** Blur as a share of the longer side: what counts is how much of it is left at the size that the network sees. */
const blur =
  (share: number): Spoil =>
  (image, side) =>
    image.blur(Math.max(0.3, side * share))
const ways: [string, Spoil][] = [
  ['as they are', (image) => image],
  ['blurred by 0.4% of the longer side', blur(0.004)],
  ['blurred by 0.8%', blur(0.008)],
  ['blurred by 1.2%', blur(0.012)],
  ['blurred by 2%', blur(0.02)],
  ['at a half of their light', (image) => image.linear(0.5, 0)],
  ['at an eighth of their light', (image) => image.linear(0.125, 0)],
  ['at a sixteenth of their light', (image) => image.linear(0.0625, 0)],
  ['an eighth of their contrast, washed out', (image) => image.linear(0.125, 223)],
]

const quantiles = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  return [0, 0.01, 0.05, 0.25, 0.5].map((q) =>
    Number(sorted[Math.floor(q * (sorted.length - 1))]!.toFixed(1)),
  )
}

try {
  for (const [name, spoil] of ways) {
    const measured: (Measures & { width: number; height: number })[] = []
    for (const file of files) {
      const image = sharp(file).autoOrient()
      const { width, height } = await image.metadata()
      const spoiled = path.join(home, 'one.jpg')
      await writeFile(spoiled, await spoil(image, Math.max(width, height)).jpeg({ quality: 90 }).toBuffer())
      measured.push({ ...(await measurePhoto(spoiled)), width, height })
    }
    const named = Object.fromEntries(
      Object.entries(looks).map(([kind, isSo]) => [kind, measured.filter((it) => isSo(it)).length]),
    )
    const sharpness = quantiles(measured.map((it) => it.sharpness))
    const brightness = quantiles(measured.map((it) => it.brightness))
    console.log(JSON.stringify({ photos: name, of: measured.length, ...named, sharpness, brightness }))
  }
} finally {
  await rm(home, { recursive: true, force: true })
}
