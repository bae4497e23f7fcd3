import { describe, expect, it } from 'vitest'
import { presets, transformsOf } from '../../src/shared/augmentation.ts'
import {
  augmentationOf,
  bankOfViews,
  canStand,
  presetOf,
  withAdded,
} from '../../src/shared/augmentationEdit.ts'

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name)

describe('an augmentation that is changed', () => {
  it('is kept by its name where it has one', () => {
    expect(augmentationOf(presets.strong, undefined)).toBe('strong')
    expect(augmentationOf([], undefined)).toBe('none')
    expect(augmentationOf([], 5)).toBe('none')
    expect(augmentationOf(presets.recipe, 5)).toBe('views:5')
    expect(augmentationOf(presets.light, 5)).toEqual({ transforms: presets.light, views: 5 })
  })

  it('is known again as the preset that it is', () => {
    for (const preset of ['recipe', 'light', 'strong', 'none'] as const) {
      expect(presetOf(preset)).toBe(preset)
      expect(presetOf(augmentationOf(presets[preset], 3))).toBe(preset)
    }
    expect(presetOf(augmentationOf(withAdded(presets.light, 'GaussianBlur'), undefined))).toBe('own')
    expect(bankOfViews('views:7')).toBe(7)
    expect(bankOfViews('strong')).toBeUndefined()
    expect(bankOfViews('none')).toBeUndefined()
  })

  it('takes a transform where it usually stands', () => {
    expect(names(withAdded(presets.recipe, 'RandomErasing'))).toEqual([
      ...names(presets.recipe),
      'RandomErasing',
    ])
    expect(names(withAdded(transformsOf('light'), 'RandomRotation'))[2]).toBe('RandomRotation')
    expect(names(withAdded([], 'RandomGrayscale'))).toEqual(['RandomGrayscale'])
  })

  it('lets a photo grow only before it is cut', () => {
    const [turn] = withAdded([], 'RandomRotation')
    const growing = { ...turn!, expand: true } as typeof turn & object
    expect(canStand([growing, ...presets.recipe])).toBe(true)
    expect(canStand([...presets.recipe, growing])).toBe(false)
    expect(canStand([growing])).toBe(false)
    expect(canStand([...presets.recipe, turn!])).toBe(true)
  })
})
