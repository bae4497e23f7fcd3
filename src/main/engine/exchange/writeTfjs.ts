import { open } from 'node:fs/promises'
import path from 'node:path'
import { placeLayers } from '../../../shared/model/layers.ts'
import type { Network } from '../../../shared/model/spec.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import { version } from '../../../shared/version.ts'
import { writeAtomic, writeError, writeFully, makeFolder } from '../files.ts'
import type { WeightFile } from '../weights/codec.ts'
import { outgoingChunks } from '../weights/outgoing.ts'
import { writeTfjsPage } from './tfjsPage.ts'
import { TfGraph } from './tfGraph.ts'
import type { TfWeight } from './tfGraph.ts'
import { emitTfLayers } from './tfLayers.ts'

export interface TfjsOptions {
  /** The network with as many classes as the weights have. */
  network: Network
  weights: Pick<WeightFile, 'tensors' | 'read'>
  preparation: Preparation
  classes: readonly string[]
}

/** Browsers keep files of this size apart in their caches: TensorFlow.js' own converter takes the same. */
const shardBytes = 4 * 2 ** 20

export const inputName = 'input'
export const outputName = 'logits'

function graphOf({ network, weights, preparation }: TfjsOptions): TfGraph {
  const graph = new TfGraph()
  const shapes = new Map(weights.tensors.map(({ name, shape }) => [name, shape]))
  const tensor = (name: string) => {
    const shape = shapes.get(name)
    if (!shape) throw new Error(`the weights have no ${name}`)
    return { name, shape, dtype: 'float32' as const, values: () => weights.read(name) }
  }
  const { crop } = preparation
  const input = graph.placeholder(inputName, [-1, crop, crop, 3])
  graph.output(outputName, emitTfLayers({ graph, tensor }, placeLayers(network, crop), input))
  return graph
}

/** A weight's bytes as they stand in the files: little-endian, 32 bits a number. */
async function* bytesOf({ tensor, dtype }: TfWeight): AsyncGenerator<Uint8Array> {
  for await (const chunk of outgoingChunks(tensor)) {
    if (dtype === 'float32') yield chunk
    else {
      const values = new Float32Array(chunk.buffer, chunk.byteOffset, chunk.byteLength / 4)
      yield new Uint8Array(Int32Array.from(values).buffer)
    }
  }
}

/** Writes all weights one after the other into files of one size. @returns the files' names */
async function writeShards(folder: string, weights: readonly TfWeight[]): Promise<string[]> {
  const names: string[] = []
  let buffer = new Uint8Array(shardBytes)
  let filled = 0
  const flush = async () => {
    const name = `weights-${names.length + 1}.bin`
    const handle = await open(path.join(folder, name), 'w')
    try {
      await writeFully(handle, buffer.subarray(0, filled))
    } finally {
      await handle.close()
    }
    names.push(name)
    buffer = new Uint8Array(shardBytes)
    filled = 0
  }
  for (const weight of weights)
    for await (const bytes of bytesOf(weight))
      for (let from = 0; from < bytes.length;) {
        const part = bytes.subarray(from, from + shardBytes - filled)
        buffer.set(part, filled)
        filled += part.length
        from += part.length
        if (filled === shardBytes) await flush()
      }
  if (filled > 0) await flush()
  return names
}

const dims = (shape: readonly (number | string)[]) => ({ dim: shape.map((size) => ({ size: String(size) })) })

/**
 * Writes the network as TensorFlow.js' graph model: `to` (model.json), its weights beside it, and a page that classifies photos with
 * them from any place, also from a file system. Input [batch, height, width, 3], prepared; output the logits.
 * @throws ThawError weights.*, disk.full, output.unwritable
 */
export async function writeTfjs(to: string, options: TfjsOptions): Promise<void> {
  const folder = path.dirname(to)
  const { network, preparation, classes } = options
  const graph = graphOf(options)
  try {
    await makeFolder(folder)
    const paths = await writeShards(folder, graph.weights)
    const { crop } = preparation
    const model = {
      format: 'graph-model',
      generatedBy: `thaw ${version}`,
      convertedBy: null,
      signature: {
        inputs: {
          [inputName]: { name: inputName, dtype: 'DT_FLOAT', tensorShape: dims([-1, crop, crop, 3]) },
        },
        outputs: {
          [outputName]: { name: outputName, dtype: 'DT_FLOAT', tensorShape: dims([-1, network.classes]) },
        },
      },
      userDefinedMetadata: { classes, preparation, network: network.name },
      modelTopology: { node: graph.nodes, library: {}, versions: { producer: 1 } },
      weightsManifest: [
        {
          paths,
          weights: graph.weights.map(({ tensor: { name, shape }, dtype }) => ({ name, shape, dtype })),
        },
      ],
    }
    await writeAtomic(to, [JSON.stringify(model)])
    await writeTfjsPage(folder, { model, shards: paths })
  } catch (error) {
    throw writeError(error, to)
  }
}
