import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  Augmentation,
  parametersOf,
  parseAugmentation,
  presetNames,
  presets,
  transformNames,
  transformsOf,
  viewsOf,
} from '../../src/shared/augmentation.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { plainError } from '../../src/shared/errors.ts'

const errorOf = (value: unknown) => {
  try {
    parseAugmentation(value)
  } catch (error) {
    return plainError(error)
  }
  throw new Error('it was read')
}

describe('an augmentation', () => {
  it('is a list of transforms by torchvision’s names, and what is not said is torchvision’s default', () => {
    const read = parseAugmentation([
      { name: 'RandomResizedCrop' },
      { name: 'ColorJitter', hue: [-0.1, 0.2] },
      { name: 'GaussianBlur', kernel_size: 5 },
    ])
    expect(transformsOf(read)).toEqual([
      { name: 'RandomResizedCrop', scale: [0.08, 1], ratio: [3 / 4, 4 / 3] },
      { name: 'ColorJitter', brightness: 0, contrast: 0, saturation: 0, hue: [-0.1, 0.2], p: 1 },
      { name: 'GaussianBlur', kernel_size: 5, sigma: [0.1, 2], p: 1 },
    ])
    expect(viewsOf(read)).toBeUndefined()
    expect(viewsOf(parseAugmentation({ transforms: [{ name: 'RandomGrayscale' }], views: 3 }))).toBe(3)
  })

  it.each([...presetNames, 'views:4'])('may be called by its name: %s', (name) => {
    expect(parseAugmentation(name)).toBe(name)
  })

  it('is kept with a run as it was read', () => {
    const own = parseAugmentation([{ name: 'RandomErasing', value: [1, 2, 3] }])
    expect(RunConfig.parse({ augmentation: own }).augmentation).toEqual(own)
    expect(RunConfig.parse(JSON.parse(JSON.stringify({ augmentation: own }))).augmentation).toEqual(own)
  })

  it('has a description for other programs', () => {
    expect(JSON.stringify(z.toJSONSchema(Augmentation, { io: 'input', unrepresentable: 'any' }))).toContain(
      'num_magnitude_bins',
    )
  })

  it('of every kind can be added with what its sliders begin with', () => {
    for (const name of transformNames) {
      const started = Object.entries(parametersOf(name)).map(([key, { start }]) => [key, start] as const)
      const [read] = transformsOf(parseAugmentation([{ name, ...Object.fromEntries(started) }]))
      expect(read).toEqual({ name, ...Object.fromEntries(started) })
    }
  })
})

describe('what does not fit is named', () => {
  it.each([
    ['hard', 'augmentation.unknown', /no augmentation named hard.*Known are: recipe, light/s],
    ['views:0', 'augmentation.unknown', /views:0/],
    [[{ name: 'RandomCrop' }], 'augmentation.unknown', /RandomCrop.*RandomResizedCrop/s],
    [[{ p: 1 }], 'augmentation.unknown', /\{"p":1\}/],
    [['RandomGrayscale'], 'augmentation.unknown', /"RandomGrayscale"/],
    [[{ name: 'RandomGrayscale', prob: 1 }], 'augmentation.parameter', /no parameter “prob”.*It has: p/s],
    [
      [{ name: 'RandomResizedCrop', scale: [1, 0.5] }],
      'augmentation.value',
      /“scale” of RandomResizedCrop is \[1,0.5\], but two numbers from 0.01 to 1, the smaller first is wanted/,
    ],
    [
      [{ name: 'RandomHorizontalFlip', p: 1.5 }],
      'augmentation.value',
      /“p”.* is 1.5, but a number from 0 to 1/,
    ],
    [[{ name: 'RandomRotation' }], 'augmentation.value', /“degrees” of RandomRotation is –/],
    [[{ name: 'ColorJitter', hue: 0.6 }], 'augmentation.value', /“hue”/],
    [[{ name: 'GaussianBlur', kernel_size: 4 }], 'augmentation.value', /an odd number/],
    [[{ name: 'GaussianBlur', kernel_size: 3, sigma: [2, 1] }], 'augmentation.value', /“sigma”/],
    [[{ name: 'RandomErasing', value: 'random' }], 'augmentation.value', /a level from 0 to 255/],
    [
      [{ name: 'RandomResizedCrop' }, { name: 'RandomResizedCrop' }],
      'augmentation.invalid',
      /RandomResizedCrop may stand in it only once/,
    ],
    [
      [{ name: 'RandomResizedCrop' }, { name: 'RandomRotation', degrees: 5, expand: true }],
      'augmentation.invalid',
      /expand only before/,
    ],
    [{ views: 4 }, 'augmentation.invalid', /no list of transforms/],
    [{ transforms: [], views: 0 }, 'augmentation.invalid', /views/],
    [null, 'augmentation.invalid', /no list/],
    [7, 'augmentation.invalid', /no list/],
  ])('%j', (value, code, said) => {
    const error = errorOf(value)
    expect(error.code).toBe(code)
    expect(`${error.message} ${error.advice}`).toMatch(said)
  })
})

it('presets keep what they are made of, since runs know them by name', () => {
  expect(presets).toMatchObject({
    recipe: [{ name: 'RandomResizedCrop', scale: [0.5, 1], ratio: [3 / 4, 4 / 3] }, { p: 0.5 }],
    light: [{ scale: [0.7, 1] }, { p: 0.5 }, { brightness: 0.15, contrast: 0.15, saturation: 0.15, hue: 0 }],
    strong: [
      { scale: [0.25, 1] },
      { p: 0.5 },
      { name: 'TrivialAugmentWide', num_magnitude_bins: 31, interpolation: 'bilinear' },
      { name: 'RandomGrayscale', p: 0.1 },
      { name: 'GaussianBlur', kernel_size: 9, sigma: [0.1, 2], p: 0.2 },
      { name: 'RandomErasing', p: 0.25, scale: [0.02, 0.33], ratio: [0.3, 3.3], value: 0 },
    ],
    none: [],
  })
})
