import { describe, expect, it } from 'vitest'
import { augment } from '../../../../src/main/engine/preprocess/augment/augment.ts'
import { roundHalfEven } from '../../../../src/main/engine/preprocess/rounding.ts'
import { randomOf, trainingRequest } from '../../../../src/main/engine/preprocess/views.ts'
import { presets } from '../../../../src/shared/augmentation.ts'
import type { Augmentation } from '../../../../src/shared/augmentation.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'

const preparation = { ...recipePreparation, crop: 8 }

function drawnOf(augmentation: Augmentation, photo: number, epoch: number, width = 50, height = 37) {
  const request = trainingRequest(augmentation, { seed: 1234, photo, epoch })
  if (request.kind !== 'epoch' && request.kind !== 'bank') throw new Error('nothing is drawn')
  const blank = { data: new Uint8Array(width * height * 3), width, height }
  return augment(blank, request.transforms, randomOf(request), preparation).drawn
}

function boxOf(photo: number, width?: number, height?: number) {
  const [step] = drawnOf('recipe', photo, 1, width, height)
  if (step?.name !== 'RandomResizedCrop') throw new Error('no crop')
  return step
}

describe('training views', () => {
  it('of the recipe lie within the photo, with area and ratio as the recipe has them', () => {
    for (let photo = 0; photo < 500; photo += 1) {
      const { left, top, width, height } = boxOf(photo, 500, 375)
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0)
      expect(left + width).toBeLessThanOrEqual(500)
      expect(top + height).toBeLessThanOrEqual(375)
      const area = (width * height) / (500 * 375)
      expect(area).toBeGreaterThan(0.495)
      expect(width / height).toBeGreaterThan(0.745)
      expect(width / height).toBeLessThan(1.345)
    }
  })

  it('of the recipe are mirrored half of the time', () => {
    const flips = Array.from({ length: 1000 }, (_, photo) => drawnOf('recipe', photo, 1)).filter((drawn) =>
      drawn.some(({ name }) => name === 'RandomHorizontalFlip'),
    ).length
    expect(flips).toBeGreaterThan(450)
    expect(flips).toBeLessThan(550)
  })

  it('of the recipe are those that they were before there was anything else to choose', () => {
    expect(drawnOf('recipe', 3, 1, 500, 375)).toEqual([
      { name: 'RandomResizedCrop', left: 29, top: 18, width: 308, height: 323 },
    ])
    expect(drawnOf('views:4', 3, 2, 500, 375)).toEqual([
      { name: 'RandomResizedCrop', left: 4, top: 5, width: 447, height: 369 },
    ])
  })

  it.each(['recipe', 'light', 'strong'] as const)(
    'of %s differ between photos and epochs, and are the same again for the same',
    (preset) => {
      expect(drawnOf(preset, 3, 1)).toEqual(drawnOf(preset, 3, 1))
      expect(drawnOf(preset, 3, 1)).not.toEqual(drawnOf(preset, 3, 2))
      expect(drawnOf(preset, 3, 1)).not.toEqual(drawnOf(preset, 4, 1))
    },
  )

  it('of a bank come again, and have streams of their own', () => {
    expect(drawnOf('views:2', 3, 1)).toEqual(drawnOf('views:2', 3, 3))
    expect(drawnOf('views:2', 3, 1)).not.toEqual(drawnOf('views:2', 3, 2))
    expect(drawnOf('views:2', 3, 1)).not.toEqual(drawnOf('recipe', 3, 1))
    const own = { views: 2, transforms: [...presets.light] }
    expect(drawnOf(own, 3, 1)).toEqual(drawnOf(own, 3, 3))
  })

  it('of a photo that no draw fits are its middle, as long as is allowed', () => {
    expect(boxOf(0, 1000, 10)).toMatchObject({ left: 493, top: 0, width: 13, height: 10 })
    expect(boxOf(0, 10, 1000)).toMatchObject({ left: 0, top: 493, width: 10, height: 13 })
  })

  it('are what the evaluation sees where nothing is to be drawn', () => {
    const place = { seed: 1, photo: 0, epoch: 1 }
    expect(trainingRequest('none', place)).toEqual({ kind: 'evaluation' })
    expect(trainingRequest({ transforms: [], views: 3 }, place)).toEqual({ kind: 'evaluation' })
  })
})

it("rounding is Python's: halves go to the even neighbour", () => {
  expect([0.5, 1.5, 2.5, 2.4, 2.6, 3.5, -1.5].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3, 4, -2])
})
