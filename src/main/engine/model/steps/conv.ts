import type { StepOf } from '../../../../shared/model/compiled.ts'
import type { ConvNormGradient } from '../../backend/kernels/kernels.ts'
import type { Tensor } from '../../backend/tf.ts'
import { tf } from '../../backend/tf.ts'
import { gradientFrom } from '../../../../shared/model/kinds/activation.ts'
import { afterNorm } from './batchnorm.ts'
import { foldNorm } from './foldedNorm.ts'
import { addGradient } from './step.ts'
import type { Pass, Step } from './step.ts'

/**
 * A convolution with the BatchNorm and the activation that follow it, computed together. Where BatchNorm keeps its
 * statistics it is an affine map of each channel and is folded into the filter: filter' = filter · k and
 * bias' = offset + (bias − mean) · k, with k = scale / √(variance + eps). Max pooling may follow right behind the activation:
 * adding a bias and the activation keep the order of numbers, so they give the same bits after the pooling as before it, on a
 * fraction of them.
 */
export function convStep({ placed: conv, norm, activation, pool, names }: StepOf<'conv'>): Step {
  const { layer } = conv
  const how = { stride: layer.stride, padding: layer.padding, depthwise: layer.groups > 1 }
  if (how.depthwise && (layer.groups !== layer.in || layer.in !== layer.out))
    throw new Error(`${conv.name}: only ordinary and depthwise convolutions are known`)
  const filterName = `${conv.name}.weight`
  const biasName = layer.bias ? `${conv.name}.bias` : null
  const scaleName = norm && `${norm.name}.weight`
  const offsetName = norm && `${norm.name}.bias`
  const parameters = [filterName, biasName, scaleName, offsetName].filter((name) => name !== null)

  /** Per-channel numbers in a shape that multiplies the filter: its last axis, or the one before for depthwise ones. */
  const perChannel = (k: Tensor): Tensor => (how.depthwise ? k.reshape([layer.out, 1]) : k.clone())

  const none = { k: null, invStd: null, centred: null }
  const statistics = norm ? ['running_mean', 'running_var'].map((part) => `${norm.name}.${part}`) : []

  /** Filter and bias for passes that record nothing, which are made once for all of them; null where kernels have no use for that. */
  const ready = (x: Tensor, { kernels, weights }: Pass) =>
    weights.derive(filterName, [...parameters, ...statistics], kernels, () => {
      const get = (part: string) => weights.get(`${norm!.name}.${part}`)
      const [bias, fixed] = [
        biasName ? weights.get(biasName) : null,
        norm && {
          scale: get('weight'),
          offset: get('bias'),
          mean: get('running_mean'),
          variance: get('running_var'),
          eps: norm.layer.eps,
        },
      ]
      return kernels.ready?.(x, weights.get(filterName), bias, fixed, how) ?? null
    })

  /** Filter and bias as they are computed with; and, where it is recorded, what the way back needs of a folded BatchNorm. */
  function folded({ weights }: Pass) {
    const filter = weights.get(filterName)
    const bias = biasName ? weights.get(biasName) : null
    if (!norm) return { filter: filter.clone(), bias: bias?.clone() ?? null, ...none }
    return tf.tidy(() => {
      const { k, ...rest } = foldNorm(norm, bias, weights)
      return { ...rest, k, filter: filter.mul(perChannel(k)) }
    })
  }

  /**
   * The gradients of what learns, by name.
   * @param g behind the convolution, [batch, height, width, out]
   * @param dBias its sums by channel, [out]
   * @param x what the convolution saw
   */
  function foldedGradients(g: Tensor, dBias: Tensor, x: Tensor, it: ReturnType<typeof folded>, pass: Pass) {
    const { kernels, weights } = pass
    const found: Record<string, Tensor> = {}
    const learnt = (name: string | null): name is string => name !== null && pass.learns(name)
    const needsFilter = learnt(filterName) || learnt(scaleName)
    const dFilter = needsFilter ? kernels.convFilterGradient(g, x, it.filter.shape, how) : null
    if (learnt(filterName)) found[filterName] = it.k ? dFilter!.mul(perChannel(it.k)) : dFilter!
    if (learnt(biasName)) found[biasName] = it.k ? dBias.mul(it.k) : dBias.clone()
    if (learnt(offsetName)) found[offsetName] = dBias.clone()
    if (learnt(scaleName)) {
      const products = dFilter!.mul(weights.get(filterName))
      const byFilter = kernels.biasGradient(products.reshape([-1, layer.out]))
      found[scaleName] = byFilter.add(dBias.mul(it.centred!)).mul(it.invStd!)
    }
    return found
  }

  function runFolded(x: Tensor, pass: Pass, record: boolean): ReturnType<Step['run']> {
    const { kernels } = pass
    const kept = record ? null : ready(x, pass)
    if (record) pass.weights.forget(filterName)
    const it = kept ? { ...kept, ...none } : folded(pass)
    // An activation whose gradient needs its input is a pass of its own where that is wanted.
    const apart = record && activation !== null && gradientFrom[activation] === 'input'
    const z = kernels.conv(x, it.filter, pool ? null : it.bias, {
      ...how,
      activation: pool || apart ? null : activation,
      packed: kept?.packed,
    })
    const pooled = pool && kernels.maxPool(z, pool)
    const behind = pooled ? kernels.biasActivation(pooled.y, it.bias, activation) : z
    const y = apart ? kernels.activate(behind, activation) : behind
    const unpooledShape = z.shape
    if (pooled) tf.dispose([z, pooled.y])
    const wanted = parameters.some((name) => pass.learns(name))
    if (!record) {
      if (!kept) tf.dispose([it.filter, it.bias, it.k, it.invStd, it.centred].filter((t) => t !== null))
      if (pooled) tf.dispose(pooled.saved)
      return { y, back: null }
    }
    const savedX = wanted ? x.clone() : null
    const savedY = activation ? (apart ? behind : y.clone()) : null
    const inputShape = x.shape
    return {
      y,
      back: (dy, wantInput) => {
        let g = dy
        if (activation) {
          g = kernels.activationGradient(dy, savedY!, activation)
          dy.dispose()
        }
        savedY?.dispose()
        // Each pooled number came from one place, so that summing before or after gives the bias the same gradient.
        const dBias = wanted ? kernels.biasGradient(g) : null
        if (pooled) {
          const dPooled = g
          g = kernels.maxPoolGradient(dPooled, unpooledShape, pooled.saved, pool)
          tf.dispose([dPooled, ...pooled.saved])
        }
        if (dBias) {
          const gradients = tf.tidy(() => foldedGradients(g, dBias, savedX!, it, pass))
          dBias.dispose()
          for (const [name, gradient] of Object.entries(gradients)) addGradient(pass, name, gradient)
        }
        const dx = wantInput ? kernels.convInputGradient(g, it.filter, inputShape, how) : null
        g.dispose()
        tf.dispose([it.filter, it.bias, it.k, it.invStd, it.centred, savedX].filter((t) => t !== null))
        return dx
      },
    }
  }

  /** BatchNorm looks at the batch, so it cannot be folded. */
  function runByBatch(x: Tensor, pass: Pass, record: boolean): ReturnType<Step['run']> {
    const { kernels } = pass
    pass.weights.forget(filterName)
    const filter = pass.weights.get(filterName)
    const bias = biasName ? pass.weights.get(biasName) : null
    const [scale, offset] = [pass.weights.get(scaleName!), pass.weights.get(offsetName!)]
    const { eps } = norm!.layer
    const result = kernels.convNorm(x, filter, bias, { ...how, activation, scale, offset, eps })
    const { z, y } = result
    const back = afterNorm<ConvNormGradient>(z, result, norm!, activation, pass, record)
    if (!record) return { y, back: null }
    const savedX = x.clone()
    const savedFilter = filter.clone()
    return {
      y,
      back: (dy, wantInput) => {
        const isAll = wantInput && !bias && pass.learns(filterName)
        const further: Parameters<NonNullable<typeof back>>[1] = (of, normalised) =>
          kernels.convNormGradient?.(of, savedX, savedFilter, normalised, { ...how, activation }) ?? null
        const gradient = back!(dy, isAll ? further : undefined)
        if ('filter' in gradient) {
          addGradient(pass, filterName, gradient.filter)
          tf.dispose([savedX, savedFilter])
          return gradient.x
        }
        const dz = gradient.x
        if (pass.learns(filterName))
          addGradient(pass, filterName, kernels.convFilterGradient(dz, savedX, savedFilter.shape, how))
        if (biasName && pass.learns(biasName)) addGradient(pass, biasName, kernels.biasGradient(dz))
        const dx = wantInput ? kernels.convInputGradient(dz, savedFilter, savedX.shape, how) : null
        tf.dispose([dz, savedX, savedFilter])
        return dx
      },
    }
  }

  const looksAtBatch = (pass: Pass) => norm !== null && pass.training && pass.updates(norm.name)
  return {
    names,
    parameters,
    run: (x, pass, record) => (looksAtBatch(pass) ? runByBatch(x, pass, record) : runFolded(x, pass, record)),
    ...(!pool && {
      convolution: {
        how,
        side: layer.kernel,
        activation,
        ready: (x, pass) => (looksAtBatch(pass) ? null : ready(x, pass)),
      },
    }),
  }
}
