import { readFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCompute } from '../../src/main/engine/backend/compute.ts'
import type { Kernels } from '../../src/main/engine/backend/kernels/kernels.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import { starterWeights } from '../../src/main/engine/backend/vendor.ts'
import { gradCam } from '../../src/main/engine/evaluation/gradCam.ts'
import { gradCamOfPhoto } from '../../src/main/engine/evaluation/gradCamOfPhoto.ts'
import { Weights } from '../../src/main/engine/model/weights.ts'
import { architectureOf, networkOf } from '../../src/shared/model/registry.ts'
import { fillByFormula } from '../support/filling.ts'
import { temporaryFolder } from '../support/folder.ts'
import { formula, relativeDifference, toChannelsLast } from '../support/golden.ts'

interface Case {
  network: string
  side: number
  maps: {
    layer: string
    about: number
    width: number
    height: number
    /** How far PyTorch's float32 is from its float64. */
    rounding: number
    values: number[]
  }[]
}

/** Of torch, torchvision and timm, see make.py beside it. */
const reference = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '..', 'fixtures', 'gradcam', 'reference.json'), 'utf8'),
) as Case[]

/** As a share of the map's largest value; where PyTorch's own float32 is farther from float64, three times as far as that. */
const tolerance = (rounding: number) => Math.max(1e-4, 3 * rounding)

const networkPreparation = architectureOf('efficientnet-lite0').preparation

let kernels: Kernels
beforeAll(async () => {
  ;({ kernels } = await openCompute(null, 'exact'))
})

describe.each(reference)('Grad-CAM of $network', ({ network: name, side, maps }) => {
  let opened: Parameters<typeof gradCam>[0]
  let x: ReturnType<typeof tf.tensor>
  let atFirst: number
  beforeAll(() => {
    atFirst = tf.memory().numTensors
    const network = networkOf(name)
    const weights = new Weights(network)
    fillByFormula(weights, { salt: 0, gain: 1, weights: 'Layer scale' })
    opened = { network, weights }
    const shape = [1, 3, side, side]
    x = tf.tensor(toChannelsLast(formula(shape, 1000, 2), shape), [1, side, side, 3])
  })
  afterAll(() => {
    tf.dispose(x)
    opened.weights.dispose()
    // What was derived from the weights goes with them.
    expect(tf.memory().numTensors).toBe(atFirst)
  })

  it.each(maps)(
    'is PyTorch’s at $layer, about class $about',
    ({ layer, about, width, height, rounding, values }) => {
      const found = gradCam(opened, kernels, x, { layer, about })
      // The first pass leaves the laid out filters with the weights; another one must leave nothing.
      const before = tf.memory().numTensors
      gradCam(opened, kernels, x, { layer, about })
      expect(found).toMatchObject({ class: about, layer: { name: layer, width, height } })
      expect(Math.max(...values)).toBeGreaterThan(0)
      expect(relativeDifference(found.values, values)).toBeLessThan(tolerance(rounding))
      expect(tf.memory().numTensors).toBe(before)
    },
  )

  it('is about the last layer that has places, and the answer, unless it is asked otherwise', () => {
    const [{ layer, about }] = maps as [Case['maps'][number]]
    const found = gradCam(opened, kernels, x)
    expect(found).toMatchObject({ class: about, layer: { name: layer } })
    expect(found.layers.at(-1)).toEqual(found.layer)
  })

  it('says so where it has no such layer or class', () => {
    expect(() => gradCam(opened, kernels, x, { layer: 'no.such' })).toThrow(/layer/i)
    expect(() => gradCam(opened, kernels, x, { about: 5000 })).toThrow(/class/i)
  })
})

describe.skipIf(!starterWeights() && !process.env['CI'])('Grad-CAM of a photo', () => {
  const folder = temporaryFolder()
  const published = { backbone: 'efficientnet-lite0', weights: null, labels: null }

  it('is told where it lies in the upright photo, however the camera was held', async () => {
    const photo = folder.path('sideways.jpg')
    const blank = { width: 400, height: 300, channels: 3, background: '#7a9' } as const
    await sharp({ create: blank }).withMetadata({ orientation: 6 }).jpeg().toFile(photo)
    const found = await gradCamOfPhoto({ home: folder.path('home'), model: published, photo })
    expect(found.photo).toEqual({ width: 300, height: 400 })
    const { resize, crop } = networkPreparation
    const scale = 300 / resize
    expect(found.frame.width).toBeCloseTo(crop * scale, 6)
    // The middle, to the pixel that rounding leaves.
    expect(Math.abs(found.frame.left - ((resize - crop) / 2) * scale)).toBeLessThan(1)
    expect(Math.abs(found.frame.top + found.frame.height / 2 - 200)).toBeLessThan(1)
    expect(found.values).toHaveLength(found.width * found.height)
    expect(found.top).toHaveLength(5)
    expect(found.class).toBe(found.top[0]!.index)
    expect(found.layers).toContain('blocks.6.0.bn3')
  })

  it('says what is wrong with a photo that cannot be read', async () => {
    const photo = folder.path('gone.jpg')
    await expect(gradCamOfPhoto({ home: folder.path('home'), model: published, photo })).rejects.toThrow(
      expect.objectContaining({ code: 'photo.missing' }),
    )
  })
})
