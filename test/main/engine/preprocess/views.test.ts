import { describe, expect, it } from 'vitest'
import { roundHalfEven } from '../../../../src/main/engine/preprocess/rounding.ts'
import {
  drawTrainingView,
  randomOfBank,
  randomOfEpoch,
} from '../../../../src/main/engine/preprocess/views.ts'

const draw = (photo: number, epoch: number, width = 500, height = 375) =>
  drawTrainingView(randomOfEpoch(1234, photo, epoch), width, height)

describe('training views', () => {
  it('lie within the photo, with area and ratio as the recipe has them', () => {
    for (let photo = 0; photo < 500; photo += 1) {
      const { left, top, width, height } = draw(photo, 1)
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0)
      expect(left + width).toBeLessThanOrEqual(500)
      expect(top + height).toBeLessThanOrEqual(375)
      const area = (width * height) / (500 * 375)
      expect(area).toBeGreaterThan(0.495)
      expect(width / height).toBeGreaterThan(0.745)
      expect(width / height).toBeLessThan(1.345)
    }
  })

  it('are mirrored half of the time', () => {
    const flips = Array.from({ length: 1000 }, (_, photo) => draw(photo, 1)).filter(
      (view) => view.flip,
    ).length
    expect(flips).toBeGreaterThan(450)
    expect(flips).toBeLessThan(550)
  })

  it('differ between photos and epochs, and are the same again for the same', () => {
    expect(draw(3, 1)).toEqual(draw(3, 1))
    expect(draw(3, 1)).not.toEqual(draw(3, 2))
    expect(draw(3, 1)).not.toEqual(draw(4, 1))
  })

  it('of a bank have streams of their own', () => {
    const ofBank = (view: number) => drawTrainingView(randomOfBank(1234, 3, view), 500, 375)
    expect(ofBank(1)).toEqual(ofBank(1))
    expect(ofBank(1)).not.toEqual(ofBank(2))
    expect(ofBank(1)).not.toEqual(draw(3, 1))
  })

  it('of a photo that no draw fits are its middle, as long as is allowed', () => {
    expect(draw(0, 1, 1000, 10)).toMatchObject({ left: 493, top: 0, width: 13, height: 10 })
    expect(draw(0, 1, 10, 1000)).toMatchObject({ left: 0, top: 493, width: 10, height: 13 })
  })
})

it("rounding is Python's: halves go to the even neighbour", () => {
  expect([0.5, 1.5, 2.5, 2.4, 2.6, 3.5, -1.5].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3, 4, -2])
})
