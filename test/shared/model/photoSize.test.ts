import { describe, expect, it } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import { requirePhotoSize } from '../../../src/shared/model/photoSize.ts'
import { architectures, networkNames, networkOf } from '../../../src/shared/model/registry.ts'

const codeOf = (name: string, crop: number): string | undefined => {
  try {
    requirePhotoSize(networkOf(name), { crop })
    return undefined
  } catch (error) {
    return (error as ThawError).code
  }
}

describe('Photos of another size', () => {
  it.each(networkNames)('%s takes those that it is prepared for', (name) => {
    expect(codeOf(name, architectures[name].preparation.crop)).toBeUndefined()
    expect(codeOf(name, networkOf(name).size)).toBeUndefined()
  })

  it.each(['resnet18', 'mobilenet-v3-large', 'efficientnet-lite2', 'convnext-tiny'])(
    'are taken by %s, whose layers slide',
    (name) => {
      expect(codeOf(name, 128)).toBeUndefined()
      expect(codeOf(name, 300)).toBeUndefined()
    },
  )

  it.each(['vit-b-16', 'dinov2-small'])('are refused by %s, which has learnt where each place is', (name) => {
    expect(codeOf(name, 128)).toBe('preparation.size')
    expect(codeOf(name, 448)).toBe('preparation.size')
  })

  it('are taken by VGG where its pooling has whole windows', () => {
    expect(codeOf('vgg16', 448)).toBeUndefined()
    expect(codeOf('vgg16', 256)).toBe('preparation.size')
    expect(codeOf('vgg16', 128)).toBe('preparation.size')
  })
})
