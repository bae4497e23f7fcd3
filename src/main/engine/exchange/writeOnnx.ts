import { placeLayers } from '../../../shared/model/layers.ts'
import type { Network } from '../../../shared/model/spec.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import { version } from '../../../shared/version.ts'
import { writeAtomic } from '../files.ts'
import type { WeightFile } from '../weights/codec.ts'
import { GraphBuilder } from './graphBuilder.ts'
import { emitLayers } from './onnxLayers.ts'
import type { Graph } from './onnxModel.ts'
import { onnxModel } from './onnxModel.ts'
import { emitPreparation } from './onnxPreparation.ts'

export interface OnnxOptions {
  /** The network with as many classes as the weights have. */
  network: Network
  /** Weights with our names. */
  weights: Pick<WeightFile, 'tensors' | 'read' | 'metadata'>
  preparation: Preparation
  classes: readonly string[]
  /** Takes RGB bytes, [batch, height, width, 3], instead of prepared tensors, [batch, 3, size, size]. */
  withPreparation: boolean
}

/** The network as ONNX's graph; its weights are read when they are written. */
export function onnxGraph({ network, weights, preparation, withPreparation }: OnnxOptions): Graph {
  const builder = new GraphBuilder()
  const shapes = new Map(weights.tensors.map(({ name, shape }) => [name, shape]))
  const tensor = (name: string) => {
    const shape = shapes.get(name)
    if (!shape) throw new Error(`the weights have no ${name}`)
    return { name, shape, dtype: 'float32' as const, values: () => weights.read(name) }
  }
  const { crop } = preparation
  const input = withPreparation
    ? { name: 'photos', type: 'uint8' as const, shape: ['batch', 'height', 'width', 3] }
    : { name: 'input', type: 'float32' as const, shape: ['batch', 3, crop, crop] }
  const prepared = withPreparation ? emitPreparation(builder, preparation, input.name) : input.name
  const logits = emitLayers({ builder, tensor }, placeLayers(network, crop), prepared)
  return builder.graph(network.name, [input], logits, {
    name: 'logits',
    type: 'float32',
    shape: ['batch', network.classes],
  })
}

/**
 * Writes the network as an ONNX file, tensor by tensor. Its metadata name the classes and the preparation.
 * @throws ThawError weights.*, disk.full, output.unwritable
 */
export async function writeOnnx(to: string, options: OnnxOptions): Promise<void> {
  const { classes, preparation, weights } = options
  const model = onnxModel(onnxGraph(options), version, {
    ...weights.metadata,
    classes: JSON.stringify(classes),
    preparation: JSON.stringify(preparation),
  })
  await writeAtomic(to, model.chunks() as AsyncIterable<Uint8Array>)
}
