import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const photos = folder.path.bind(undefined, 'photos')
let flags: string[] = []
const run = (...args: string[]) =>
  thaw([...args, ...flags, '--json'], { env: { THAW_HOME: folder.path('home') } })

interface Banked {
  file: string
  photos: number
  features: number
  computed: number
}

const bank = async (): Promise<Banked> => {
  const result = await run('bank', photos(), '--out', folder.path('bank.safetensors'))
  return objects<Banked>(result)[0]!
}

/** What the file holds: a row of features, the path and the class of each photo. */
async function contents() {
  const file = await openWeights(folder.path('bank.safetensors'))
  try {
    const tensor = file.tensors.find(({ name }) => name === 'features')!
    return {
      shape: tensor.shape,
      values: [...(await file.read('features'))],
      photos: JSON.parse(file.metadata['photos']!) as string[],
      classes: JSON.parse(file.metadata['classes']!) as string[],
    }
  } finally {
    await file.close()
  }
}

describe.skipIf(!nativeAddon() && !process.env['CI'])('thaw', () => {
  beforeAll(async () => {
    await drawTinyPhotos(photos(), 30, 20)
    const { backbone, weights } = await tinySettings(folder.path('weights'), 'tiny-vgg')
    flags = ['--backbone', backbone!, '--weights', weights!]
  })

  describe('bank', () => {
    it('computes each photo once, and knows it again where it was moved, relabelled or comes back', async () => {
      const first = await bank()
      expect(first).toMatchObject({ photos: 50, computed: 50 })
      const before = await contents()
      expect(before.shape).toEqual([50, first.features])
      expect((await bank()).computed).toBe(0)
      expect(await contents()).toEqual(before)

      const [photo] = before.photos
      const other = before.classes.find((it) => it !== before.classes[0])!
      const moved = path.join(path.dirname(path.dirname(photo!)), other, 'moved.jpg')
      await rename(photo!, moved)
      expect((await bank()).computed).toBe(0)
      const after = await contents()
      expect(after.classes[after.photos.indexOf(moved)]).toBe(other)
      await rename(moved, photo!)
    })

    it('computes only what is new, names what cannot be read, and goes on', async () => {
      const copy = photos('train', 'dark', 'copy.jpg')
      const broken = photos('train', 'dark', 'broken.jpg')
      const { photos: files } = await contents()
      await cp(files[3]!, copy)
      await writeFile(broken, 'no photo')
      const result = await run('bank', photos(), '--out', folder.path('bank.safetensors'))
      expect(result.code).toBe(1)
      expect(result.err).toContain('broken.jpg')
      expect(objects<Banked>(result)[0]).toMatchObject({ photos: 51, computed: 0 })
      await Promise.all([copy, broken].map((file) => rm(file)))
    })
  })

  describe('probe', () => {
    it('asks every photo once and says how many were right', async () => {
      const told = objects(await run('probe', photos(), '--folds', '4'))
      const last = told.pop()!
      expect(last).toMatchObject({ type: 'probed', classes: ['dark', 'light'], total: 50 })
      expect(told).toHaveLength(50)
      const right = told.filter(({ class: own, probabilities }) => {
        const [dark, light] = probabilities as [number, number]
        expect(dark + light).toBeCloseTo(1, 10)
        return own === (dark >= light ? 'dark' : 'light')
      })
      expect(last['correct']).toBe(right.length)
      expect(new Set(told.map(({ fold }) => fold))).toEqual(new Set([0, 1, 2, 3]))
    })

    it('refuses photos of one class', async () => {
      await mkdir(folder.path('single'), { recursive: true })
      await cp(photos('train', 'dark'), folder.path('single', 'dark'), { recursive: true })
      const result = await run('probe', folder.path('single'))
      expect(result.code).toBe(1)
      expect(result.err).toContain('one class')
    })
  })

  it('similar tells the nearest photos, nearest first, and not the photo itself', async () => {
    await bank()
    const { photos: files } = await contents()
    const [told] = objects<{ photo: string; similar: { photo: string; distance: number }[] }>(
      await run('similar', files[0]!, '--in', photos(), '--top', '3'),
    )
    expect(told!.photo).toBe(files[0])
    const { similar } = told!
    expect(similar).toHaveLength(3)
    expect(similar.map(({ photo }) => photo)).not.toContain(files[0])
    const distances = similar.map(({ distance }) => distance)
    expect(distances).toEqual(distances.toSorted((a, b) => a - b))
  })
})
