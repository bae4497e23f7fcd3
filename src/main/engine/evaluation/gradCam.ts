import { compileNetwork } from '../../../shared/model/compiled.ts'
import { gradCamLayers, sideOf } from '../../../shared/model/gradCamLayers.ts'
import type { GradCamLayer } from '../../../shared/model/gradCamLayers.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { Model } from '../model/network.ts'
import type { OpenedNetwork } from '../model/open.ts'

/** What each position of a layer's output spoke for one class. */
export interface GradCam {
  layer: GradCamLayer
  /** All that could have been asked about. */
  layers: GradCamLayer[]
  /** The class that it is about. */
  class: number
  /** [classes] */
  logits: Float32Array
  /** Row-major [height, width], from 0 up, as they come out: not scaled. */
  values: Float32Array
}

export interface GradCamOptions {
  /** Full name of a layer; by default the last before the positions are pooled away. */
  layer?: string | undefined
  /** The class that the map is about; by default the one that is answered. */
  about?: number | undefined
}

/**
 * Grad-CAM (Selvaraju et al. 2017): with A the layer's output for the photo and y the class's logit, the map is
 * ReLU(Σ_c w_c · A_c), and the weight w_c of a channel is the mean of ∂y/∂A_c over all positions. Of transformers the tokens are the
 * positions, as their patches lie in the photo; the class token has no position, and counts neither in the mean nor in the map.
 * @param x one prepared photo, float32 [1, height, width, 3]
 * @throws ThawError not-found for a layer or class that the network does not have
 */
export function gradCam(
  { network, weights }: Pick<OpenedNetwork, 'network' | 'weights'>,
  kernels: Kernels,
  x: Tensor,
  { layer: name, about }: GradCamOptions = {},
): GradCam {
  const layers = gradCamLayers(compileNetwork(network, false))
  const layer = name === undefined ? layers.at(-1) : layers.find((it) => it.name === name)
  if (!layer) throw new ThawError('not-found', { what: 'this-layer' })
  if (about !== undefined && about >= network.classes)
    throw new ThawError('not-found', { what: 'this-class' })
  // Every layer a step of its own: what is fused with its neighbours cannot be looked at.
  const model = new Model(network, weights, kernels, false)
  let logits = new Float32Array()
  let asked = about ?? 0
  const values = tf.tidy(() => {
    const output = model.infer(x, { to: layer.steps })
    const gradient = model.inputGradient(output, layer.steps, (found) => {
      logits = found.slice()
      asked = about ?? logits.indexOf(Math.max(...logits))
      return Float32Array.from(logits, (_, c) => (c === asked ? 1 : 0))
    })
    const [outputs, slopes] = [positionsOf(output), positionsOf(gradient)]
    const weights = tf.mean(slopes, [1, 2], true)
    return tf.relu(tf.sum(tf.mul(outputs, weights), 3)).dataSync() as Float32Array
  })
  return { layer, layers, class: asked, logits, values: values.slice() }
}

/** A map as it is; tokens [1, (class token +) side², channels] as a map [1, side, side, channels]. */
function positionsOf(x: Tensor): Tensor {
  if (x.rank === 4) return x
  const [, tokens, channels] = x.shape as [number, number, number]
  const side = sideOf(tokens)
  return tf.reshape(tf.slice(x, [0, tokens - side * side, 0]), [1, side, side, channels])
}
