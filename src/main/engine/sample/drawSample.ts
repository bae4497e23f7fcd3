import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { ThawError } from '../../../shared/errors.ts'
import { randomFor } from '../../../shared/random.ts'
import { systemCode, writeError, makeFolder } from '../files.ts'
import { patterns } from './patterns.ts'
import { drawScene } from './scene.ts'

export interface SampleOptions {
  seed: number
  /** Photos in train/ and in val/, both classes together. */
  train?: number | undefined
  val?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
}

/** @returns whether the folder is there already, empty */
async function requireEmpty(folder: string): Promise<boolean> {
  try {
    if ((await readdir(folder)).length > 0) throw new ThawError('output.not-empty', { folder })
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') throw new ThawError('output.not-empty', { folder }, { cause: error })
    if (systemCode(error) === 'ENOENT') return false
    throw writeError(error, path.join(folder, 'train'))
  }
}

async function drawInto(folder: string, options: SampleOptions): Promise<void> {
  const { seed, train = 60, val = 40, signal, onProgress } = options
  const total = train + val
  for (const split of ['train', 'val'])
    for (const pattern of patterns) await makeFolder(path.join(folder, split, pattern))
  for (let i = 0; i < total; i += 1) {
    if (signal?.aborted === true) throw new ThawError('cancelled')
    const pattern = patterns[i % patterns.length]!
    const { data, width, height } = drawScene(pattern, randomFor(seed, 'sample', i))
    const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 88 })
      .toBuffer()
    const number = String(Math.floor(i / patterns.length) + 1).padStart(3, '0')
    await writeFile(path.join(folder, i < train ? 'train' : 'val', pattern, `${pattern}-${number}.jpg`), jpeg)
    onProgress?.({ done: i + 1, total })
  }
}

/**
 * Draws a set of photo-like pictures for people and tests without photos at hand: two classes, `spotted` and `striped`, on
 * cluttered grounds. Mean colour and brightness do not tell them apart, a pretrained network does. The same seed gives the
 * same bytes. It stands there whole or not at all.
 * @throws ThawError `output.not-empty`, `output.unwritable`, `disk.full`, `cancelled`
 */
export async function drawSample(folder: string, options: SampleOptions): Promise<void> {
  const existed = await requireEmpty(folder)
  // Inside the folder and not beside it: an empty folder may be someone's working directory or a disk of its own.
  const unfinished = path.join(folder, '.unfinished')
  try {
    await drawInto(unfinished, options)
    for (const split of ['train', 'val']) await rename(path.join(unfinished, split), path.join(folder, split))
    await rm(unfinished, { recursive: true })
  } catch (error) {
    await rm(existed ? unfinished : folder, { recursive: true, force: true })
    throw writeError(error, unfinished)
  }
}
