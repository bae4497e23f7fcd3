import { sizeOf } from '../shape.ts'
import type { MapShape } from '../shape.ts'
import { tensor } from '../tensor.ts'
import type { Conv } from '../spec.ts'
import { keptByActivation } from './activation.ts'
import { learnsIn } from './kind.ts'
import type { Kind } from './kind.ts'
import { windowed } from './window.ts'

export const conv: Kind<Conv> = {
  output(layer, input) {
    const [, height, width] = input as MapShape
    const side = (size: number) => windowed(size, layer.kernel, layer.stride, layer.padding)
    return [layer.out, side(height), side(width)]
  },
  tensors: (layer, name) => [
    tensor(`${name}.weight`, [layer.out, layer.in / layer.groups, layer.kernel, layer.kernel], {
      layout: layer.groups === 1 ? 'conv' : 'depthwise',
      decays: true,
    }),
    ...(layer.bias ? [tensor(`${name}.bias`, [layer.out])] : []),
  ],
  keeps(step, plan) {
    const { norm, activation, pool, placed, output } = step
    const byBatch = norm !== null && plan.updating.has(norm.name)
    const kept = activation ? keptByActivation(activation, sizeOf(output)) : {}
    return {
      ...kept,
      input: byBatch || learnsIn(step, plan),
      // BatchNorm keeps what it looks at; a pooling, which number was the largest, a byte each. (WebAssembly keeps the map.)
      more: (kept.more ?? 0) + (byBatch ? sizeOf(placed.output) : 0) + (pool ? sizeOf(output) / 4 : 0),
    }
  },
  isDrawn: true,
}
