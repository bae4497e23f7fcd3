import type { StepOf } from '../../../../shared/model/compiled.ts'
import { mix } from '../../../../shared/random.ts'
import { tf } from '../../backend/tf.ts'
import type { Tensor } from '../../backend/tf.ts'
import type { Draw, Step } from './step.ts'

/**
 * 0 with probability p, else 1 / (1 − p). The draw for each number is a hash of its place among its rows and of their seed, so
 * that it needs no state and is the same on every backend.
 * @param index tells the network's dropout layers apart
 */
export function dropoutMask(shape: number[], p: number, draws: readonly Draw[], index: number): Tensor {
  const mask = new Float32Array(shape.reduce((a, b) => a * b, 1))
  const row = mask.length / shape[0]!
  const keep = 1 / (1 - p)
  const threshold = p * 2 ** 32
  let start = 0
  for (const { rows, seed } of draws) {
    const own = mix(mix(seed + index))
    for (let i = 0; i < rows * row; i += 1) mask[start + i] = mix(i ^ own) < threshold ? 0 : keep
    start += rows * row
  }
  if (start !== mask.length) throw new Error('dropout is drawn for other rows than there are')
  return tf.tensor(mask, shape, 'float32')
}

export function dropoutStep({ placed, names, draw }: StepOf<'dropout'>): Step {
  const { p } = placed.layer
  return {
    names,
    parameters: [],
    random: () => p > 0,
    run(x, pass, record) {
      if (!pass.training || p === 0) return { y: x.clone(), back: record ? (dy) => dy : null }
      const mask = dropoutMask(x.shape, p, pass.draws, draw)
      const y = x.mul(mask)
      if (!record) {
        mask.dispose()
        return { y, back: null }
      }
      return {
        y,
        back: (dy) => {
          const dx = dy.mul(mask)
          tf.dispose([dy, mask])
          return dx
        },
      }
    },
  }
}
