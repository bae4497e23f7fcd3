import { activate, conv, linear, residual, sequence } from './layersOf.ts'
import type { Layer, LayerNorm, Network } from './spec.ts'

/**
 * Vision transformers (Dosovitskiy et al. 2020): the photo in patches, each a token; in every block each token takes of the others
 * by attention and then thinks for itself. ViT-B/16 has torchvision's names, DINOv2's small one (Oquab et al. 2023) timm's. Both
 * libraries have dropouts of 0 in them, which are left out.
 */
interface Sizes {
  width: number
  heads: number
  blocks: number
  /** Side of a patch, pixels. */
  patch: number
}

const size = 224

const norm = (name: string, features: number): LayerNorm => ({ kind: 'layernorm', name, features, eps: 1e-6 })
const attention = ({ width, heads }: Sizes): Layer => ({
  kind: 'attention',
  name: '',
  features: width,
  heads,
})
const patches = (name: string, { width, patch }: Sizes): Layer =>
  conv(name, 3, width, patch, { stride: patch, padding: 0, bias: true })
const position = (name: string, { width, patch }: Sizes): Layer => ({
  kind: 'position',
  name,
  side: size / patch,
  features: width,
})
const tokens: Layer = { kind: 'tokens', name: '' }
const takeClass: Layer = { kind: 'takeclass', name: '' }

/** torchvision's EncoderBlock. */
function encoderBlock(name: string, sizes: Sizes): Layer {
  const { width } = sizes
  return sequence(name, [
    residual('', [
      norm('ln_1', width),
      sequence('self_attention', [
        { ...linear('in_proj', width, 3 * width), separator: '_' },
        attention(sizes),
        linear('out_proj', width, width),
      ]),
    ]),
    residual('', [
      norm('ln_2', width),
      sequence('mlp', [linear('0', width, 4 * width), activate('1', 'gelu'), linear('3', 4 * width, width)]),
    ]),
  ])
}

/** timm's Block, with layer scale. */
function timmBlock(name: string, sizes: Sizes): Layer {
  const { width } = sizes
  const scale = (its: string): Layer => ({
    kind: 'layerscale',
    name: its,
    features: width,
    tensor: 'gamma',
    shape: 'vector',
  })
  return sequence(name, [
    residual('', [
      norm('norm1', width),
      sequence('attn', [linear('qkv', width, 3 * width), attention(sizes), linear('proj', width, width)]),
      scale('ls1'),
    ]),
    residual('', [
      norm('norm2', width),
      sequence('mlp', [
        linear('fc1', width, 4 * width),
        activate('act', 'gelu'),
        linear('fc2', 4 * width, width),
      ]),
      scale('ls2'),
    ]),
  ])
}

export function vitB16(): Network {
  const sizes = { width: 768, heads: 12, blocks: 12, patch: 16 }
  const { width } = sizes
  const layers = Array.from({ length: sizes.blocks }, (_, i) => encoderBlock(`encoder_layer_${i}`, sizes))
  const names = layers.map(({ name }) => `encoder.layers.${name}`)
  return {
    name: 'vit-b-16',
    title: 'ViT-B/16',
    size,
    classes: 1000,
    head: 'heads.head',
    body: '',
    middle: [names.at(-1)!, 'encoder.ln'],
    parts: ['conv_proj', 'class_token', 'encoder.pos_embedding', ...names, 'encoder.ln', 'heads.head'],
    layers: [
      patches('conv_proj', sizes),
      tokens,
      { kind: 'classtoken', name: 'class_token', features: width },
      sequence(
        'encoder',
        [position('pos_embedding', sizes), sequence('layers', layers), norm('ln', width)],
        'sees',
      ),
      takeClass,
      sequence('heads', [linear('head', width, 1000)], 'decides'),
    ],
  }
}

export function dinov2Small(): Network {
  const sizes = { width: 384, heads: 6, blocks: 12, patch: 14 }
  const { width } = sizes
  const blocks = Array.from({ length: sizes.blocks }, (_, i) => timmBlock(String(i), sizes))
  const names = blocks.map(({ name }) => `blocks.${name}`)
  return {
    name: 'dinov2-small',
    title: 'DINOv2 Small',
    size,
    classes: 1000,
    head: 'head',
    body: '',
    middle: [names.at(-1)!, 'norm'],
    parts: ['patch_embed', 'cls_token', 'pos_embed', ...names, 'norm', 'head'],
    layers: [
      sequence('patch_embed', [patches('proj', sizes)]),
      tokens,
      { kind: 'classtoken', name: 'cls_token', features: width },
      position('pos_embed', sizes),
      sequence('blocks', blocks, 'sees'),
      norm('norm', width),
      takeClass,
      linear('head', width, 1000),
    ],
  }
}
