import { describe, expect, it } from 'vitest'
import type { WeightFile } from '../../../../../src/main/engine/weights/codec.ts'
import { requireNoTwin, twinWarning } from '../../../../../src/main/engine/weights/names/twins.ts'

interface About {
  path?: string
  architecture?: string
  metadata?: Record<string, string>
  tensors?: string[]
}

const fileOf = ({
  path = 'best.pth',
  architecture,
  metadata = {},
  tensors = ['conv_stem.weight', 'bn1.weight'],
}: About) =>
  ({
    path: `/weights/${path}`,
    format: 'pth',
    metadata,
    found: { ...(architecture !== undefined && { architecture }) },
    tensors: tensors.map((name) => ({ name, shape: [1], dtype: 'float32', bytes: 4 })),
    read: () => Promise.resolve(new Float32Array(1)),
    close: () => Promise.resolve(),
  }) satisfies WeightFile

describe('a file that says that it is of a network with the same names that computes otherwise', () => {
  it.each<[string, string, About]>([
    ['efficientnet-b0', 'tf_efficientnet_b0', { architecture: 'tf_efficientnet_b0' }],
    ['efficientnet-b0', 'tf_efficientnet_b0', { path: 'tf_efficientnet_b0_ns-c0e6a31c.pth' }],
    [
      'efficientnet-b0',
      'tf_efficientnet_b0',
      { metadata: { architecture: 'tf_efficientnet_b0.ns_jft_in1k' } },
    ],
    ['mobilenet-v3-large', 'tf_mobilenetv3_large_100', { architecture: 'tf_mobilenetv3_large_100' }],
    ['efficientnet-lite0', 'efficientnet_lite0', { architecture: 'efficientnet_lite0' }],
    ['efficientnet-lite0', 'efficientnet_lite0', { path: 'efficientnet_lite0_ra-37913777.pth' }],
    [
      'resnet50',
      'resnetaa50',
      { architecture: 'resnetaa50', tensors: ['module.conv1.weight', 'module.fc.bias'] },
    ],
  ])('is not read as %s, but named: %s', (network, twin, about) => {
    expect(() => requireNoTwin(fileOf(about), network)).toThrow(
      expect.objectContaining({
        code: 'weights.twin',
        parameters: expect.objectContaining({ twin }) as unknown,
      }),
    )
    expect(twinWarning(fileOf(about), network)).toMatchObject({ code: 'weights.twin' })
  })
})

describe('a file that does not say which of two it is', () => {
  it.each<[string, About]>([
    ['efficientnet-b0', {}],
    ['mobilenet-v3-large', { tensors: ['model.conv_stem.weight', 'model.bn1.weight'] }],
    ['efficientnet-lite2', { path: 'model.safetensors' }],
    ['efficientnet-lite0', { path: 'efficientnet_lite0.pth' }],
  ])('is read as %s with a warning', (network, about) => {
    expect(() => requireNoTwin(fileOf(about), network)).not.toThrow()
    expect(twinWarning(fileOf(about), network)).toMatchObject({ code: 'weights.maybe-twin' })
  })
})

describe('nothing is said of a file', () => {
  it.each<[string, string, About]>([
    ['that says it is the one here', 'efficientnet-b0', { architecture: 'efficientnet_b0' }],
    ['that has the published name', 'efficientnet-lite0', { path: 'tf_efficientnet_lite0-0aa007d2.pth' }],
    ['that Thaw wrote', 'efficientnet-lite0', { metadata: { architecture: 'efficientnet-lite0' } }],
    ["with torchvision's names", 'efficientnet-b0', { tensors: ['features.0.0.weight'] }],
    ["with efficientnet-pytorch's names", 'efficientnet-lite0', { tensors: ['_conv_stem.weight'] }],
    ['of a network that hardly anybody mistakes', 'resnet50', { tensors: ['conv1.weight'] }],
    ['of a network without such another', 'vgg16', {}],
  ])('%s', (_, network, about) => {
    expect(() => requireNoTwin(fileOf(about), network)).not.toThrow()
    expect(twinWarning(fileOf(about), network)).toBeNull()
  })
})
