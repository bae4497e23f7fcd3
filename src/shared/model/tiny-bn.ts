import type { Network } from './spec.ts'

/** A small network with BatchNorm and a depthwise convolution: what PyTorch's reference runs of every setting use. */
export const tinyBn = (): Network => ({
  name: 'tiny-bn',
  title: 'Tiny BatchNorm',
  size: 16,
  classes: 3,
  head: 'fc',
  body: 'features',
  middle: [],
  parts: ['features.0', 'features.1', 'features.4', 'features.5', 'fc'],
  layers: [
    {
      kind: 'sequence',
      name: 'features',
      role: 'sees',
      layers: [
        { kind: 'conv', name: '0', in: 3, out: 8, kernel: 3, stride: 1, padding: 1, groups: 1, bias: false },
        { kind: 'batchnorm', name: '1', features: 8, eps: 1e-5, momentum: 0.1 },
        { kind: 'relu', name: '2' },
        { kind: 'maxpool', name: '3', kernel: 2, stride: 2, padding: 0 },
        { kind: 'conv', name: '4', in: 8, out: 8, kernel: 3, stride: 1, padding: 1, groups: 8, bias: false },
        { kind: 'batchnorm', name: '5', features: 8, eps: 1e-5, momentum: 0.1 },
        { kind: 'relu6', name: '6' },
      ],
    },
    { kind: 'avgpool', name: '', size: 1 },
    { kind: 'flatten', name: '' },
    { kind: 'linear', name: 'fc', in: 8, out: 3 },
  ],
})
