import { describe, expect, it } from 'vitest'
import { starter, weightsBeside } from '../../../../src/main/engine/exchange/starter.ts'
import type { Fit } from '../../../../src/shared/preparation.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'

const of = (network: string, fit?: Fit) =>
  starter(
    { network, classes: ['ants', '벌 "둘"'], preparation: { ...recipePreparation, ...(fit && { fit }) } },
    'bees.pth',
  )

describe('the Python program', () => {
  it('builds the network by the name it has in torchvision or timm', () => {
    expect(of('vgg16-bn')).toContain('torchvision.models.vgg16_bn(num_classes=2)')
    expect(of('vit-b-16')).toContain('torchvision.models.vit_b_16(num_classes=2)')
    expect(of('efficientnet-lite0')).toContain('timm.create_model("tf_efficientnet_lite0", num_classes=2)')
    expect(of('dinov2-small')).toContain('"vit_small_patch14_dinov2", num_classes=2, img_size=224)')
  })

  it('prepares photos as the run does, and keeps class names as they are', () => {
    expect(of('vgg16')).toContain('T.Resize(224, T.InterpolationMode.BILINEAR), T.CenterCrop(224)')
    expect(of('vgg16')).toContain('classes = ["ants","벌 \\"둘\\""]')
    expect(of('vgg16')).toContain('weights_only=True')
  })

  it('keeps the upper 8 bits of 16-bit grey as Thaw does, which Pillow would clip to white', () => {
    const lines = of('vgg16').split('\n')
    const cut = lines.findIndex((it) => /point\(lambda grey: grey \/ 256\) if .*startswith\("I"\)/.test(it))
    expect(cut).toBeGreaterThan(lines.findIndex((it) => it.includes('Image.open')))
    expect(cut).toBeLessThan(lines.findIndex((it) => it.includes('convert("RGB")')))
  })

  it('answers as a network that does not learn, photos turned upright', () => {
    expect(of('resnet18').split('\n')).toContain('network.eval()')
    expect(of('resnet18')).toContain('ImageOps.exif_transpose(Image.open(sys.argv[1]))')
  })

  it('squashes and pads where the run does', () => {
    expect(of('vgg16', 'squash')).toContain(
      'T.Resize((224, 224), T.InterpolationMode.BILINEAR), T.ToTensor()',
    )
    expect(of('vgg16', 'pad')).toContain(
      'ImageOps.pad(it, (224, 224), Image.Resampling.BILINEAR)), T.ToTensor()',
    )
    expect(of('vgg16', 'pad')).not.toContain('CenterCrop')
  })

  it('stays one comment and one string, whatever its file is called', () => {
    const weights = 'a\nimport os "b".pth'
    const text = starter({ network: 'vgg16', classes: ['a\nb'], preparation: recipePreparation }, weights)
    expect(text.split('\n').filter((it) => it.startsWith('import os'))).toEqual([])
    expect(text).toContain('with_name("a\\nimport os \\"b\\".pth")')
    expect(text).toContain('classes = ["a\\nb"]')
  })

  it('is refused for networks that only Thaw has', () => {
    expect(() => of('tiny-vgg')).toThrow(expect.objectContaining({ code: 'export.no-module' }))
  })

  it('reads the weights that lie beside it', () => {
    expect(weightsBeside('/out/my bees.py')).toBe('/out/my bees.pth')
  })
})
