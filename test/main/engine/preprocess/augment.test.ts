import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { applyStep, augment } from '../../../../src/main/engine/preprocess/augment/augment.ts'
import { magnitudesOf } from '../../../../src/main/engine/preprocess/augment/trivialAugmentWide.ts'
import { shiftHue } from '../../../../src/main/engine/preprocess/pillow/hsv.ts'
import type { Pixels } from '../../../../src/main/engine/photos/pixels.ts'
import {
  parseAugmentation,
  presets,
  transformNames,
  transformsOf,
} from '../../../../src/shared/augmentation.ts'
import type { Transform } from '../../../../src/shared/augmentation.ts'
import type { DrawnOf, DrawnStep } from '../../../../src/shared/drawnStep.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { mix, randomFor } from '../../../../src/shared/random.ts'

interface Picture {
  kind: 'noise' | 'scene' | 'grey' | 'flat'
  width: number
  height: number
  salt: number
}
interface Case {
  picture: Picture
  step: DrawnStep
  crop?: number
  interpolation?: 'bilinear' | 'bicubic'
  size: [number, number]
  sha256: string
}
interface Reference {
  magnitudes: Record<DrawnOf<'TrivialAugmentWide'>['transform_id'], Record<string, number[]>>
  cases: Case[]
  /** What becomes of a picture of every colour, by how far its hue is moved, in 256ths of the circle. */
  hues: Record<string, string>
  blurs: { picture: Picture; step: DrawnStep; bytes: string }[]
}

const fixture = new URL('../../../fixtures/augmentations/reference.json', import.meta.url)
const { cases, blurs, hues, magnitudes } = JSON.parse(readFileSync(fixture, 'utf8')) as Reference

/** The picture that make.py makes by the same formula. */
function pictureOf({ kind, width, height, salt }: Picture): Pixels {
  const noise = (k: number) => mix((k + Math.imul(salt, 0x9e3779b9)) >>> 0) >>> 24
  // A Buffer, as decoding gives it: its slice is no copy.
  const data = Buffer.alloc(width * height * 3).map((_, k) => {
    const channel = k % 3
    const x = Math.trunc(k / 3) % width
    const y = Math.trunc(k / (3 * width))
    if (kind === 'noise') return noise(k)
    if (kind === 'flat') return ((channel + 1) * salt) % 256
    const c = kind === 'grey' ? 0 : channel
    const grain = noise(kind === 'scene' ? k : k - channel)
    return Math.min(255, ((x * (3 + c) + y * (5 - c) + 40 * c + salt) % 240) + (grain >> 4))
  })
  return { data, width, height }
}

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex').slice(0, 32)

describe('on PIL images, given the parameters, the bytes are torchvision’s', () => {
  it.each(transformNames.filter((name) => name !== 'GaussianBlur'))('%s', (name) => {
    const own = cases.filter(({ step }) => step.name === name)
    expect(own.length).toBeGreaterThan(5)
    for (const { picture, step, size, sha256: expected, crop = 224, interpolation = 'bilinear' } of own) {
      const preparation = { ...recipePreparation, crop, interpolation }
      const what = JSON.stringify({ picture, step })
      const original = pictureOf(picture)
      const { data, width, height } = applyStep(original, step, preparation)
      expect(original, what).toEqual(pictureOf(picture))
      expect([width, height], what).toEqual(size)
      expect(sha256(data), what).toBe(expected)
    }
  })

  it('the hue of each of the 16,777,216 colours, turned to several sides', () => {
    const everyColour = new Uint8Array(3 << 24).map((_, k) => (Math.trunc(k / 3) >> (16 - 8 * (k % 3))) & 255)
    const picture = { data: everyColour, width: 4096, height: 4096 }
    for (const [shift, expected] of Object.entries(hues))
      expect(sha256(shiftHue(picture, Number(shift)).data), `hue moved by ${shift}`).toBe(expected)
  })

  it('GaussianBlur, within one level', () => {
    for (const { picture, step, bytes } of blurs) {
      const { data } = applyStep(pictureOf(picture), step, recipePreparation)
      const expected = Buffer.from(bytes, 'base64')
      expect(data).toHaveLength(expected.length)
      for (const [i, level] of data.entries()) expect(Math.abs(level - expected[i]!)).toBeLessThanOrEqual(1)
    }
  })

  it('TrivialAugmentWide’s strengths are those of torch.linspace, to the bit', () => {
    for (const [id, byBins] of Object.entries(magnitudes))
      for (const [bins, values] of Object.entries(byBins))
        expect(magnitudesOf(id as keyof typeof magnitudes, Number(bins)), `${id} ${bins}`).toEqual(values)
  })
})

describe('what is drawn', () => {
  /** What a list of transforms draws for 2,000 photos of 60 × 40, seen by one kind of step. */
  function drawn<N extends DrawnStep['name']>(name: N, list: unknown): DrawnOf<N>[] {
    const transforms = transformsOf(parseAugmentation(list))
    const blank = { data: new Uint8Array(60 * 40 * 3), width: 60, height: 40 }
    const preparation = { ...recipePreparation, resize: 40, crop: 40 }
    return Array.from({ length: 2000 }, (_, photo) =>
      augment(blank, transforms, randomFor(1, 'augmentation', photo, 1), preparation).drawn.filter(
        (step): step is DrawnOf<N> => step.name === name,
      ),
    ).flat()
  }
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length

  it('has the probabilities that are asked for', () => {
    for (const p of [0, 0.1, 0.7, 1])
      expect(drawn('RandomGrayscale', [{ name: 'RandomGrayscale', p }]).length / 2000).toBeCloseTo(p, 1)
    const blurred = drawn('GaussianBlur', [{ name: 'GaussianBlur', kernel_size: 3, p: 0.3 }])
    expect(blurred.length / 2000).toBeCloseTo(0.3, 1)
  })

  it('is even over its range, a number being one around the middle', () => {
    const angles = drawn('RandomRotation', [{ name: 'RandomRotation', degrees: 20 }]).map(
      ({ angle }) => angle,
    )
    expect(Math.min(...angles)).toBeGreaterThanOrEqual(-20)
    expect(Math.max(...angles)).toBeLessThan(20)
    expect(Math.abs(mean(angles))).toBeLessThan(1)
    expect(mean(angles.map((angle) => angle ** 2))).toBeCloseTo(400 / 3, -1)
    const jitters = drawn('ColorJitter', [{ name: 'ColorJitter', brightness: 3, saturation: [0.5, 0.7] }])
    expect(Math.min(...jitters.map((it) => it.brightness_factor!))).toBeGreaterThanOrEqual(0)
    expect(mean(jitters.map((it) => it.brightness_factor!))).toBeCloseTo(2, 0)
    expect(mean(jitters.map((it) => it.saturation_factor!))).toBeCloseTo(0.6, 2)
    expect(jitters.every((it) => it.contrast_factor === null && it.hue_factor === null)).toBe(true)
  })

  it('takes the four of ColorJitter in each order equally often', () => {
    const orders = Map.groupBy(drawn('ColorJitter', [{ name: 'ColorJitter', hue: 0.1 }]), (it) =>
      it.fn_idx.join(''),
    )
    expect(orders.size).toBe(24)
    for (const found of orders.values()) expect(found.length).toBeGreaterThan(2000 / 24 / 2)
  })

  it('takes each operation of TrivialAugmentWide equally often, to either side', () => {
    const steps = drawn('TrivialAugmentWide', [{ name: 'TrivialAugmentWide' }])
    const byOperation = Map.groupBy(steps, (it) => it.transform_id)
    expect(byOperation.size).toBe(14)
    for (const found of byOperation.values()) expect(found.length).toBeGreaterThan(2000 / 14 / 1.5)
    const turned = byOperation.get('Rotate')!
    expect(turned.filter(({ magnitude }) => magnitude < 0).length / turned.length).toBeCloseTo(0.5, 0)
    expect(byOperation.get('Solarize')!.every(({ magnitude }) => magnitude >= 0)).toBe(true)
  })

  it('draws ratios evenly on a logarithmic scale: as many parts are tall as are wide', () => {
    const shape = { scale: [0.1, 0.1], ratio: [0.25, 4] } as const
    const share = (tall: number, of: number) => expect(Math.abs(tall / of - 0.5)).toBeLessThan(0.05)
    const cut = drawn('RandomResizedCrop', [{ name: 'RandomResizedCrop', ...shape }])
    share(cut.filter(({ width, height }) => height > width).length, cut.length)
    const erased = drawn('RandomErasing', [{ name: 'RandomErasing', ...shape, p: 1 }])
    share(erased.filter(({ w, h }) => h > w).length, erased.length)
  })

  it('erases boxes that lie within, of the shares that are asked for', () => {
    for (const { i, j, h, w } of drawn('RandomErasing', [
      { name: 'RandomErasing', scale: [0.1, 0.2], p: 1 },
    ])) {
      expect(Math.min(i, j)).toBeGreaterThanOrEqual(0)
      expect([i + h <= 40, j + w <= 40]).toEqual([true, true])
      expect((h * w) / 1600).toBeGreaterThan(0.08)
      expect((h * w) / 1600).toBeLessThan(0.22)
    }
  })
})

describe('a list of transforms', () => {
  const photo = pictureOf({ kind: 'scene', width: 60, height: 40, salt: 1 })
  const preparation = { ...recipePreparation, resize: 20, crop: 16 }
  const make = (list: readonly Transform[]) =>
    augment(photo, list, randomFor(1, 'augmentation', 3, 2), preparation)

  it('ends in the network’s square, and leaves the photo as it was', () => {
    const before = new Uint8Array(photo.data)
    for (const preset of [presets.recipe, presets.light, presets.strong])
      expect(make(preset).pixels).toMatchObject({ width: 16, height: 16 })
    const withoutCrop = transformsOf(parseAugmentation([{ name: 'RandomGrayscale', p: 1 }]))
    expect(make(withoutCrop).pixels).toMatchObject({ width: 16, height: 16 })
    expect(new Uint8Array(photo.data)).toEqual(before)
  })

  it('is applied in its order: a turn before the crop sees the whole photo', () => {
    const crop = { name: 'RandomResizedCrop', scale: [1, 1], ratio: [1.5, 1.5] }
    const turn = { name: 'RandomRotation', degrees: [90, 90], expand: true }
    const [before] = [transformsOf(parseAugmentation([turn, crop]))]
    const { drawn } = make(before)
    expect(drawn[0]).toMatchObject({ name: 'RandomRotation', angle: 90 })
    // The photo is 40 × 60 by then, and no such crop fits into it.
    expect(drawn[1]).toMatchObject({ width: 40, height: 27 })
  })

  it('given again by what was drawn makes the same bytes', () => {
    const { pixels, drawn } = make(presets.strong)
    let again: Pixels = photo
    for (const step of drawn) again = applyStep(again, step, preparation)
    expect(again.data).toEqual(pixels.data)
  })
})
