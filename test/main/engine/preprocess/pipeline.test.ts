import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { normalise } from '../../../../src/main/engine/preprocess/normalise.ts'
import { augment } from '../../../../src/main/engine/preprocess/augment/augment.ts'
import {
  evaluationFrame,
  evaluationView,
  resizedSize,
} from '../../../../src/main/engine/preprocess/pipeline.ts'
import { mix, randomFor } from '../../../../src/shared/random.ts'
import { Preparation, recipePreparation } from '../../../../src/shared/preparation.ts'
import reference from '../../../fixtures/preparation/reference.json' with { type: 'json' }

const photoOf = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => mix(i) & 255),
})
const small = { ...recipePreparation, resize: 8, crop: 8 }

describe('the evaluation view', () => {
  it.each([
    [40, 8, 16],
    [8, 41, 16],
    // half a pixel goes to the even neighbour: 1.5 to 2, 2.5 to 2
    [11, 8, 2],
    [13, 8, 2],
  ])('takes the middle of %i × %i', (width, height, offset) => {
    const photo = photoOf(width, height)
    const [left, top] = width > height ? [offset, 0] : [0, offset]
    const expected = new Uint8Array(8 * 8 * 3)
    for (let y = 0; y < 8; y += 1) {
      const from = ((top + y) * width + left) * 3
      expected.set(photo.data.subarray(from, from + 24), y * 24)
    }
    expect(evaluationView(photo, small)).toEqual(expected)
  })

  it('is padded with black where the crop is larger than the photo', () => {
    const view = evaluationView(photoOf(4, 4), { ...small, resize: 4, crop: 7 })
    expect(view).toHaveLength(7 * 7 * 3)
    const isBlack = (x: number, y: number) =>
      view.subarray((y * 7 + x) * 3, (y * 7 + x) * 3 + 3).every((v) => v === 0)
    expect([isBlack(0, 3), isBlack(1, 3), isBlack(4, 3), isBlack(5, 3), isBlack(3, 6)]).toEqual([
      true,
      false,
      false,
      true,
      true,
    ])
  })

  it.each([
    [1, 1],
    [30_000, 20],
    [20, 30_000],
  ])('of %i × %i pixels has the size of any other', (width, height) => {
    expect(evaluationView(photoOf(width, height), recipePreparation)).toHaveLength(224 * 224 * 3)
  })
})

describe('the size of a resized photo', () => {
  // torchvision 0.29.1, Resize(256): int(256 · long / short)
  it.each([
    [640, 427, 383, 256],
    [427, 640, 256, 383],
    [500, 333, 384, 256],
    [333, 500, 256, 384],
    [300, 300, 256, 256],
  ])('of %i × %i is %i × %i: the longer side is rounded down', (width, height, wide, high) => {
    const size = resizedSize({ width, height }, { ...recipePreparation, resize: 256, crop: 224 })
    expect(size).toEqual({ width: wide, height: high })
  })

  it('is one pixel at least where a line is padded', () => {
    const shape = { ...small, fit: 'pad' as const }
    expect(resizedSize({ width: 1000, height: 1 }, shape)).toEqual({ width: 8, height: 1 })
    expect(resizedSize({ width: 1, height: 1000 }, shape)).toEqual({ width: 1, height: 8 })
  })
})

it('what the evaluation sees is framed in the photo’s own pixels', () => {
  // 80 × 40 becomes 16 × 8: five by five of its pixels are one.
  expect(evaluationFrame({ width: 80, height: 40 }, small)).toEqual({
    left: 20,
    top: 0,
    width: 40,
    height: 40,
  })
  expect(evaluationFrame({ width: 40, height: 80 }, small)).toEqual({
    left: 0,
    top: 20,
    width: 40,
    height: 40,
  })
})

describe('squash and pad', () => {
  it.each(reference.cases)('$fit $width × $height to $side, $interpolation, are Pillow’s bytes', (one) => {
    const { width, height, side, sha256, fit, interpolation } = one
    const given = { ...recipePreparation, fit, interpolation, resize: side, crop: side }
    const preparation = Preparation.parse(given)
    expect(hash('sha256', evaluationView(photoOf(width, height), preparation), 'hex')).toBe(sha256)
  })

  it('show all of the photo: the frame is the photo itself, or reaches beyond it into black', () => {
    const photo = { width: 400, height: 200 }
    expect(evaluationFrame(photo, { ...small, fit: 'squash' })).toEqual({ left: 0, top: 0, ...photo })
    expect(evaluationFrame(photo, { ...small, fit: 'pad' })).toEqual({
      left: 0,
      top: -100,
      width: 400,
      height: 400,
    })
  })

  it('come before what is drawn: a random part is a part of the square, nothing of the photo is out of reach', () => {
    const photo = { width: 40, height: 10, data: new Uint8Array(40 * 10 * 3).fill(255) }
    const whole = [
      {
        name: 'RandomResizedCrop' as const,
        scale: [1, 1] as [number, number],
        ratio: [1, 1] as [number, number],
      },
    ]
    const { pixels } = augment(photo, whole, randomFor(1, 'augmentation'), { ...small, fit: 'pad' })
    // Three quarters are black above and below.
    expect(pixels.data.filter((value) => value === 0).length).toBeGreaterThan(8 * 8 * 3 * 0.6)
    expect(pixels.data.filter((value) => value === 255).length).toBeGreaterThan(8 * 3)
  })
})

describe('normalising', () => {
  it('gives torch float32 values', () => {
    const out = new Float32Array(6)
    normalise(Uint8Array.of(0, 0, 0, 255, 128, 7), recipePreparation, out)
    // ToTensor and Normalize of torch 2.13, torchvision 0.29
    expect([...out]).toEqual([
      -2.1179039478302, -2.0357141494750977, -1.804444432258606, 2.248908281326294, 0.20518219470977783,
      -1.6824400424957275,
    ])
  })
})
