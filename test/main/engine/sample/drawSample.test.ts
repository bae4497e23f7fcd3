import { readdir, readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { drawSample } from '../../../../src/main/engine/sample/drawSample.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const classes = ['spotted', 'striped'] as const

beforeAll(async () => {
  await drawSample(folder.path('sample'), { seed: 1234 })
})

/** Mean red, green, blue and brightness of each photo of a half, and its class. */
async function means(half: string): Promise<{ x: number[]; y: number }[]> {
  const photos = classes.map(async (name, y) => {
    const files = await readdir(folder.path('sample', half, name))
    return Promise.all(
      files.map(async (file) => {
        const { channels } = await sharp(folder.path('sample', half, name, file)).stats()
        const [r, g, b] = channels.map((channel) => channel.mean / 255) as [number, number, number]
        return { x: [r, g, b, 0.299 * r + 0.587 * g + 0.114 * b, 1], y }
      }),
    )
  })
  return (await Promise.all(photos)).flat()
}

/** Share of `val` that a logistic regression on `train`, by gradient descent, gets right. */
function accuracy(train: { x: number[]; y: number }[], val: { x: number[]; y: number }[]): number {
  const weights = train[0]!.x.map(() => 0)
  const score = (x: number[]) => x.reduce((sum, value, i) => sum + value * weights[i]!, 0)
  for (let step = 0; step < 3000; step += 1) {
    const errors = train.map(({ x, y }) => 1 / (1 + Math.exp(-score(x))) - y)
    for (const i of weights.keys())
      weights[i]! -= (2 / train.length) * errors.reduce((sum, error, n) => sum + error * train[n]!.x[i]!, 0)
  }
  return val.filter(({ x, y }) => (score(x) > 0 ? 1 : 0) === y).length / val.length
}

describe('the sample', () => {
  it('has two classes, 60 photos to train with and 40 to validate, of many sizes', async () => {
    expect((await readdir(folder.path('sample'))).sort()).toEqual(['train', 'val'])
    const widths = new Set<number>()
    for (const [half, count] of [
      ['train', 30],
      ['val', 20],
    ] as const) {
      for (const name of classes) {
        const files = await readdir(folder.path('sample', half, name))
        expect(files).toHaveLength(count)
        for (const file of files) {
          const { format, width, height } = await sharp(folder.path('sample', half, name, file)).metadata()
          expect(format).toBe('jpeg')
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(300)
          expect(Math.max(width, height)).toBeLessThanOrEqual(500)
          widths.add(width)
        }
      }
    }
    expect(widths.size).toBeGreaterThan(30)
  })

  it('cannot be told apart by mean colour and brightness', async () => {
    // of 40 by chance: 20 ± 3.2
    expect(accuracy(await means('train'), await means('val'))).toBeLessThan(0.66)
  })

  it('is the same for the same seed, and another for another', async () => {
    const file = ['train', 'striped', 'striped-001.jpg']
    const few = { train: 2, val: 2 }
    await drawSample(folder.path('same'), { seed: 1234, ...few })
    await drawSample(folder.path('other'), { seed: 5, ...few })
    const [first, same, other] = await Promise.all(
      ['sample', 'same', 'other'].map((name) => readFile(folder.path(name, ...file))),
    )
    expect(same).toEqual(first)
    expect(other).not.toEqual(first)
  })

  it('is not drawn into a folder that holds something, nor over a file', async () => {
    await put(folder.path('full', 'mine.txt'), 'mine')
    for (const name of ['full', 'full/mine.txt'])
      await expect(drawSample(folder.path(name), { seed: 1 })).rejects.toMatchObject({
        code: 'output.not-empty',
        parameters: { folder: folder.path(name) },
      })
    expect(await readdir(folder.path('full'))).toEqual(['mine.txt'])
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const stop = new AbortController()
    const drawing = drawSample(folder.path('half'), {
      seed: 1,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    })
    await expect(drawing).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(folder.path())).not.toContain('half')
  })
})
