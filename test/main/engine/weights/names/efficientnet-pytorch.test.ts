import { describe, expect, it } from 'vitest'
import { efficientnetNames } from '../../../../../src/main/engine/weights/names/efficientnet-pytorch.ts'

const expected = [
  'conv_stem',
  'bn1',
  'blocks.0.0.conv_dw',
  'blocks.1.0.conv_pw',
  'blocks.1.1.conv_pw',
  'blocks.2.0.conv_pw',
  'conv_head',
  'bn2',
  'classifier',
].map((name) => `${name}.weight`)
const found = [
  '_conv_stem',
  '_blocks.0._depthwise_conv',
  '_blocks.1._expand_conv',
  '_blocks.2._expand_conv',
  '_blocks.3._expand_conv',
  '_fc',
].map((name) => `${name}.weight`)

describe('the names of efficientnet-pytorch', () => {
  const rename = efficientnetNames(found, expected)!

  it('become those of timm', () => {
    expect(rename('_conv_stem.weight')).toBe('conv_stem.weight')
    expect(rename('_bn0.running_mean')).toBe('bn1.running_mean')
    expect(rename('_bn1.bias')).toBe('bn2.bias')
    expect(rename('_fc.bias')).toBe('classifier.bias')
    expect(rename('_blocks.2._bn0.running_var')).toBe('blocks.1.1.bn1.running_var')
    expect(rename('_blocks.3._project_conv.weight')).toBe('blocks.2.0.conv_pwl.weight')
  })

  it('count the parts of the first stage, which does not widen, otherwise', () => {
    expect(rename('_blocks.0._bn1.weight')).toBe('blocks.0.0.bn1.weight')
    expect(rename('_blocks.0._bn2.weight')).toBe('blocks.0.0.bn2.weight')
    expect(rename('_blocks.0._project_conv.weight')).toBe('blocks.0.0.conv_pw.weight')
  })

  it('stay as they are where there is no counterpart', () => {
    for (const name of ['_blocks.9._bn0.weight', '_blocks.1._se_reduce.weight', '_blocks.x', 'other', ''])
      expect(rename(name)).toBe(name)
  })

  it('are told from others by themselves', () => {
    expect(efficientnetNames(expected, expected)).toBeUndefined()
    expect(efficientnetNames(found, ['features.0.weight'])).toBeUndefined()
  })
})
