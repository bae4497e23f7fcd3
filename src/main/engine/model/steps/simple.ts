import { mix } from '../../../../shared/random.ts'
import type { Activation, Linear } from '../../../../shared/model/spec.ts'
import { tf } from '../../backend/tf.ts'
import type { Tensor } from '../../backend/tf.ts'
import { addGradient, runSteps } from './step.ts'
import type { Draw, Step } from './step.ts'

/** x · weightᵀ + bias, with the activation that follows. */
export function linearStep(
  name: string,
  _layer: Linear,
  activation: Activation | null,
  names: string[],
): Step {
  const weightName = `${name}.weight`
  const biasName = `${name}.bias`
  return {
    names,
    parameters: [weightName, biasName],
    random: false,
    run(x, pass, record) {
      const { kernels } = pass
      const weight = pass.weights.get(weightName)
      const y = kernels.linear(x, weight, pass.weights.get(biasName), activation)
      if (!record) return { y, back: null }
      const savedX = pass.learns(weightName) ? x.clone() : null
      const savedY = activation ? y.clone() : null
      const savedWeight = weight.clone()
      return {
        y,
        back: (dy, wantInput) => {
          let g = dy
          if (activation) {
            g = kernels.activationGradient(dy, savedY!, activation)
            dy.dispose()
          }
          if (savedX) addGradient(pass, weightName, kernels.linearWeightGradient(g, savedX))
          if (pass.learns(biasName)) addGradient(pass, biasName, kernels.biasGradient(g))
          const dx = wantInput ? kernels.linearInputGradient(g, savedWeight) : null
          g.dispose()
          savedX?.dispose()
          savedY?.dispose()
          savedWeight.dispose()
          return dx
        },
      }
    },
  }
}

export function activationStep(activation: Activation, names: string[]): Step {
  return {
    names,
    parameters: [],
    random: false,
    run(x, { kernels }, record) {
      const y = kernels.activate(x, activation)
      if (!record) return { y, back: null }
      const saved = y.clone()
      return {
        y,
        back: (dy) => {
          const dx = kernels.activationGradient(dy, saved, activation)
          tf.dispose([dy, saved])
          return dx
        },
      }
    },
  }
}

export function maxPoolStep(kernel: number, stride: number, names: string[]): Step {
  return {
    names,
    parameters: [],
    random: false,
    run(x, { kernels }, record) {
      const { y, saved } = kernels.maxPool(x, kernel, stride)
      const { shape } = x
      if (!record) {
        tf.dispose(saved)
        return { y, back: null }
      }
      return {
        y,
        back: (dy) => {
          const dx = kernels.maxPoolGradient(dy, shape, saved, kernel, stride)
          tf.dispose([dy, ...saved])
          return dx
        },
      }
    },
  }
}

export function averagePoolStep(size: number, names: string[]): Step {
  return {
    names,
    parameters: [],
    random: false,
    run(x, { kernels }, record) {
      const y = kernels.averagePool(x, size)
      const { shape } = x
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy) => {
          const dx = kernels.averagePoolGradient(dy, shape)
          dy.dispose()
          return dx
        },
      }
    },
  }
}

/** [batch, height, width, channels] to [batch, channels · height · width] in PyTorch's order, and to float32. */
export function flattenStep(names: string[]): Step {
  return {
    names,
    parameters: [],
    random: false,
    flattens: true,
    run(x, { kernels }, record) {
      const [batch, height, width, channels] = x.shape as [number, number, number, number]
      const y = tf.tidy(() =>
        tf.reshape(tf.transpose(kernels.leave(x), [0, 3, 1, 2]), [batch, channels * height * width]),
      )
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy) => {
          const dx = tf.tidy(() =>
            kernels.enter(tf.transpose(dy.reshape([batch, channels, height, width]), [0, 2, 3, 1])),
          )
          dy.dispose()
          return dx
        },
      }
    },
  }
}

/**
 * 0 with probability p, else 1 / (1 − p). The draw for each number is a hash of its place among its rows and of their seed, so
 * that it needs no state and is the same on every backend.
 * @param index tells the network's dropout layers apart
 */
function dropoutMask(shape: number[], p: number, draws: readonly Draw[], index: number): Tensor {
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

/** @param index tells the network's dropout layers apart */
export function dropoutStep(p: number, index: number, names: string[]): Step {
  return {
    names,
    parameters: [],
    random: p > 0,
    run(x, pass, record) {
      if (!pass.training || p === 0) return { y: x.clone(), back: record ? (dy) => dy : null }
      const mask = dropoutMask(x.shape, p, pass.draws, index)
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

/** x + body(x) */
export function residualStep(body: readonly Step[], names: string[]): Step {
  return {
    names,
    parameters: body.flatMap((step) => step.parameters),
    random: body.some((step) => step.random),
    run(x, pass, record) {
      const inner = runSteps(body, x, pass, record)
      const y = pass.kernels.add(inner.y, x)
      inner.y.dispose()
      if (!record) return { y, back: null }
      return {
        y,
        back: (dy, wantInput) => {
          const dBody = inner.back!(dy.clone(), wantInput)
          const dx = dBody && pass.kernels.add(dBody, dy)
          dy.dispose()
          dBody?.dispose()
          return dx
        },
      }
    },
  }
}
