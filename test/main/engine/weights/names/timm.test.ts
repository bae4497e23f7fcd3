import { describe, expect, it } from 'vitest'
import type { WeightFile } from '../../../../../src/main/engine/weights/codec.ts'
import { loadStrict } from '../../../../../src/main/engine/weights/load.ts'
import { timmNames } from '../../../../../src/main/engine/weights/names/timm.ts'
import { nearestNetwork } from '../../../../../src/main/engine/weights/nearest.ts'
import { tensorsOfNetwork, withClasses } from '../../../../../src/shared/model/layers.ts'
import type { NetworkName } from '../../../../../src/shared/model/registry.ts'
import { networkOf } from '../../../../../src/shared/model/registry.ts'
import { flatLayers, placeLayers } from '../../../../../src/shared/model/layers.ts'

const namesOf = (network: NetworkName) =>
  timmNames(tensorsOfNetwork(networkOf(network)).map(({ name }) => name))!

/** timm's name of one of ours. */
const theirs = (network: NetworkName, ours: string): string | undefined =>
  Array.from(namesOf(network).ours).find(([, it]) => it === ours)?.[0]

describe('timm calls', () => {
  it.each<[NetworkName, string, string]>([
    ['mobilenet-v2', 'features.0.0.weight', 'conv_stem.weight'],
    ['mobilenet-v2', 'features.1.conv.0.0.weight', 'blocks.0.0.conv_dw.weight'],
    ['mobilenet-v2', 'features.1.conv.1.weight', 'blocks.0.0.conv_pw.weight'],
    ['mobilenet-v2', 'features.1.conv.2.running_var', 'blocks.0.0.bn2.running_var'],
    ['mobilenet-v2', 'features.2.conv.0.0.weight', 'blocks.1.0.conv_pw.weight'],
    ['mobilenet-v2', 'features.11.conv.2.weight', 'blocks.4.0.conv_pwl.weight'],
    ['mobilenet-v2', 'features.17.conv.3.bias', 'blocks.6.0.bn3.bias'],
    ['mobilenet-v2', 'features.18.1.num_batches_tracked', 'bn2.num_batches_tracked'],
    ['mobilenet-v3-large', 'features.1.block.1.0.weight', 'blocks.0.0.conv_pw.weight'],
    ['mobilenet-v3-large', 'features.4.block.2.fc1.weight', 'blocks.2.0.se.conv_reduce.weight'],
    ['mobilenet-v3-large', 'features.4.block.3.1.weight', 'blocks.2.0.bn3.weight'],
    ['mobilenet-v3-large', 'features.15.block.2.fc2.bias', 'blocks.5.2.se.conv_expand.bias'],
    ['mobilenet-v3-large', 'features.16.1.bias', 'blocks.6.0.bn1.bias'],
    ['mobilenet-v3-large', 'classifier.0.weight', 'conv_head.weight'],
    ['efficientnet-b0', 'features.1.0.block.1.fc1.weight', 'blocks.0.0.se.conv_reduce.weight'],
    ['efficientnet-b0', 'features.1.0.block.2.0.weight', 'blocks.0.0.conv_pw.weight'],
    ['efficientnet-b0', 'features.6.3.block.3.0.weight', 'blocks.5.3.conv_pwl.weight'],
    ['efficientnet-b0', 'features.8.1.weight', 'bn2.weight'],
    ['convnext-tiny', 'features.0.1.weight', 'stem.1.weight'],
    ['convnext-tiny', 'features.4.1.bias', 'stages.2.downsample.1.bias'],
    ['convnext-tiny', 'features.5.8.layer_scale', 'stages.2.blocks.8.gamma'],
    ['convnext-tiny', 'features.7.2.block.5.weight', 'stages.3.blocks.2.mlp.fc2.weight'],
    ['convnext-tiny', 'classifier.2.bias', 'head.fc.bias'],
    ['vit-b-16', 'class_token', 'cls_token'],
    ['vit-b-16', 'encoder.layers.encoder_layer_11.self_attention.in_proj_bias', 'blocks.11.attn.qkv.bias'],
    ['vit-b-16', 'encoder.layers.encoder_layer_1.mlp.3.weight', 'blocks.1.mlp.fc2.weight'],
    ['vgg16', 'features.28.weight', 'features.28.weight'],
    ['vgg16-bn', 'classifier.3.bias', 'pre_logits.fc2.bias'],
  ])("%s's %s %s", (network, ours, its) => expect(theirs(network, ours)).toBe(its))

  it('nothing by one name twice', () => {
    for (const network of ['mobilenet-v2', 'mobilenet-v3-large', 'efficientnet-b0', 'convnext-tiny'] as const)
      expect(namesOf(network).ours.size).toBe(tensorsOfNetwork(networkOf(network)).length)
  })

  it('tensors of these networks as torchvision does, or has no such network', () => {
    for (const network of ['resnet50', 'efficientnet-lite0', 'dinov2-small'] as const)
      expect(timmNames(tensorsOfNetwork(networkOf(network)).map(({ name }) => name))).toBeUndefined()
  })
})

/** A file with timm's names for a network with so many classes; every value of a tensor is what `valueOf` says. */
function timmFile(
  network: NetworkName,
  shapes: Readonly<Record<string, number[]>>,
  valueOf: (name: string) => number = () => 1,
): WeightFile {
  const tensors = tensorsOfNetwork(withClasses(networkOf(network), 3)).map(({ name, shape }) => {
    const its = theirs(network, name)!
    return { name: its, shape: shapes[its] ?? shape, dtype: 'float32' as const, bytes: 0 }
  })
  return {
    ...{ path: '/weights/best.pth', format: 'pth', metadata: {}, found: {}, tensors },
    read: (name) => {
      const { shape } = tensors.find((it) => it.name === name)!
      return Promise.resolve(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(valueOf(name)))
    },
    close: () => Promise.resolve(),
  }
}
const expectedOf = (network: NetworkName) => tensorsOfNetwork(withClasses(networkOf(network), 3))
const load = (network: NetworkName, file: WeightFile) =>
  loadStrict(file, expectedOf(network), { network, head: networkOf(network).head })

describe("a file with timm's names", () => {
  it.each<[NetworkName, Record<string, number[]>]>([
    ['mobilenet-v2', {}],
    ['mobilenet-v3-large', { 'conv_head.weight': [1280, 960, 1, 1] }],
    ['efficientnet-b0', {}],
    [
      'convnext-tiny',
      Object.fromEntries(
        [96, 192, 384, 768].flatMap((width, stage) =>
          Array.from({ length: stage === 2 ? 9 : 3 }, (_, i) => [
            `stages.${stage}.blocks.${i}.gamma`,
            [width],
          ]),
        ),
      ),
    ],
    ['vit-b-16', {}],
    ['vgg11', { 'pre_logits.fc1.weight': [4096, 512, 7, 7], 'pre_logits.fc2.weight': [4096, 4096, 1, 1] }],
  ])('is %s, and fits whole', (network, shapes) => {
    const file = timmFile(network, shapes)
    expect(nearestNetwork(file)).toMatchObject({
      network,
      missing: [],
      unexpected: [],
      misshapen: [],
      classes: 3,
    })
    expect(load(network, file).names).toHaveLength(expectedOf(network).length)
  })

  it('is found behind a wrapper', () => {
    const file = timmFile('vit-b-16', {})
    const wrapped = { ...file, tensors: file.tensors.map((it) => ({ ...it, name: `backbone.${it.name}` })) }
    expect(load('vit-b-16', wrapped).names).toHaveLength(152)
  })

  it('is of another shape where its convolution looks at more than one place', () => {
    const file = timmFile('mobilenet-v3-large', { 'conv_head.weight': [1280, 960, 3, 3] })
    expect(() => load('mobilenet-v3-large', file)).toThrow('classifier.0.weight [1280, 960, 3, 3]')
  })

  it('has the positions of photos of another size resampled', async () => {
    const weights = load(
      'vit-b-16',
      timmFile('vit-b-16', { pos_embed: [1, 577, 768] }, () => 0.5),
    )
    const values = await weights.load('encoder.pos_embedding')
    expect(values).toHaveLength(197 * 768)
    expect(values.every((it) => Math.abs(it - 0.5) < 1e-6)).toBe(true)
  })
})

describe("MobileNetV3's BatchNorms, whose eps timm has otherwise", () => {
  const variance = 0.004
  const file = timmFile('mobilenet-v3-large', { 'conv_head.weight': [1280, 960, 1, 1] }, (name) =>
    name.endsWith('running_var') ? variance : 0.7,
  )

  it('give the answers that they give there', async () => {
    const weights = load('mobilenet-v3-large', file)
    const [factor] = await weights.load('features.7.block.1.1.weight')
    expect(factor! / Math.sqrt(variance + 1e-3)).toBeCloseTo(0.7 / Math.sqrt(variance + 1e-5), 6)
    for (const name of ['features.7.block.1.1.bias', 'features.7.block.1.0.weight', 'classifier.0.weight'])
      expect((await weights.load(name))[0]).toBe(Math.fround(0.7))
  })

  it('have the eps here that the factors are made for', () => {
    const norms = flatLayers(placeLayers(networkOf('mobilenet-v3-large'))).flatMap(({ layer }) =>
      layer.kind === 'batchnorm' ? [layer.eps] : [],
    )
    expect(new Set(norms)).toEqual(new Set([namesOf('mobilenet-v3-large').eps!.ours]))
  })

  it('are left as they are in a file with torchvision’s names', async () => {
    const tensors = expectedOf('mobilenet-v3-large').map(({ name, shape }) => ({
      ...{ name, shape, dtype: 'float32' as const, bytes: 0 },
    }))
    const torchvision = { ...file, tensors, read: () => Promise.resolve(Float32Array.of(0.7)) }
    const [factor] = await load('mobilenet-v3-large', torchvision).load('features.7.block.1.1.weight')
    expect(factor).toBe(Math.fround(0.7))
  })
})

describe('What timm has beside a network here, with other tensors, is refused by their names', () => {
  const tensor = (name: string, shape: readonly number[]) => ({
    ...{ name, shape, dtype: 'float32' as const, bytes: 0 },
  })
  /** A file of a network's tensors by timm's names, but for what `change` makes of them. */
  const kinOf = (network: NetworkName, change: Readonly<Record<string, readonly number[] | null>>) => {
    const specs = tensorsOfNetwork(networkOf(network))
    const timms = timmNames(specs.map(({ name }) => name))
    const theirNames = new Map(Array.from(timms?.ours ?? [], ([its, here]) => [here, its]))
    const named = specs.map(({ name, shape }) => [theirNames.get(name) ?? name, shape] as const)
    const all: Record<string, readonly number[] | null> = { ...Object.fromEntries(named), ...change }
    const tensors = Object.entries(all).flatMap(([name, shape]) => (shape ? [tensor(name, shape)] : []))
    const file: WeightFile = {
      ...{ path: '/x/model.safetensors', format: 'safetensors', metadata: {}, found: {}, tensors },
      read: () => Promise.resolve(new Float32Array(1)),
      close: () => Promise.resolve(),
    }
    return () => loadStrict(file, specs, { network, head: networkOf(network).head, newHead: true })
  }
  it.each<[kin: string, NetworkName, change: Record<string, readonly number[] | null>, names: string]>([
    ['vit_base_patch16_clip_quickgelu_224', 'vit-b-16', { 'norm_pre.weight': [768] }, 'norm_pre.weight'],
    ['vit_base_patch16_224_miil', 'vit-b-16', { 'blocks.0.attn.qkv.bias': null }, 'in_proj_bias'],
    [
      'vit_base_patch16_224_in21k of old',
      'vit-b-16',
      { 'pre_logits.fc.weight': [768, 768] },
      'pre_logits.fc.weight',
    ],
    [
      'deit_base_distilled_patch16_224',
      'vit-b-16',
      { dist_token: [1, 1, 768], pos_embed: [1, 198, 768] },
      'dist_token',
    ],
    ['deit3_base_patch16_224', 'vit-b-16', { 'blocks.0.ls1.gamma': [768] }, 'blocks.0.ls1.gamma'],
    ['flexivit_base', 'vit-b-16', { pos_embed: [1, 225, 768] }, 'encoder.pos_embedding [1, 225, 768]'],
    [
      'vit_small_patch14_reg4_dinov2',
      'dinov2-small',
      { reg_token: [1, 4, 384], pos_embed: [1, 1369, 384] },
      'reg_token',
    ],
    ['resnet50d', 'resnet50', { 'conv1.weight': null, 'conv1.0.weight': [32, 3, 3, 3] }, 'conv1.0.weight'],
    ['seresnet50', 'resnet50', { 'layer1.0.se.fc1.weight': [16, 256, 1, 1] }, 'layer1.0.se.fc1.weight'],
    ['resnet50_gn', 'resnet50', { 'bn1.running_mean': null }, 'bn1.running_mean'],
    [
      'resnext50_32x4d',
      'resnet50',
      { 'layer1.0.conv2.weight': [128, 4, 3, 3] },
      'layer1.0.conv2.weight [128, 4, 3, 3]',
    ],
    [
      'convnext_tiny_hnf',
      'convnext-tiny',
      { 'head.norm.weight': null, 'norm_pre.weight': [768] },
      'norm_pre.weight',
    ],
    ['mobilenetv3_rw', 'mobilenet-v3-large', { 'conv_head.bias': null }, 'classifier.0.bias'],
  ])('%s', (_, network, change, names) => {
    expect(kinOf(network, {})).not.toThrow()
    expect(kinOf(network, change)).toThrow(
      expect.objectContaining({
        code: 'weights.mismatch',
        parameters: expect.objectContaining({
          differences: expect.stringContaining(names) as unknown,
        }) as unknown,
      }),
    )
  })
})
