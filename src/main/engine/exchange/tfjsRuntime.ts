import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Preparation } from '../../../shared/preparation.ts'
import type { Tensor } from '../backend/tf.ts'
import { tf } from '../backend/tf.ts'
import { decodePhoto } from '../photos/decode.ts'
import { normalise } from '../preprocess/normalise.ts'
import { evaluationView } from '../preprocess/pipeline.ts'

interface Manifest {
  weightsManifest: { paths: string[]; weights: object[] }[]
}

/**
 * Lets a written model answer by TensorFlow.js' own graph executor in plain JavaScript: another backend than the one that trained, and
 * none of our kernels.
 * @param inputs prepared, [1, side, side, 3] each @returns the logits of each
 */
export async function predictTfjs(file: string, inputs: readonly Tensor[]): Promise<Float32Array[]> {
  const before = tf.getBackend()
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest
  const { paths, weights } = manifest.weightsManifest[0]!
  const parts = await Promise.all(paths.map((name) => readFile(path.join(path.dirname(file), name))))
  const data = Buffer.concat(parts)
  const artifacts = {
    ...manifest,
    weightSpecs: weights,
    weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
  }
  try {
    await tf.setBackend('cpu')
    const model = await tf.loadGraphModel({ load: () => Promise.resolve(artifacts as never) })
    const logits: Float32Array[] = []
    for (const x of inputs) {
      const y = model.predict(x) as Tensor
      logits.push(Float32Array.from(await y.data()))
      y.dispose()
    }
    model.dispose()
    return logits
  } finally {
    await tf.setBackend(before)
  }
}

/** Answers photos with a written model, as {@link predictTfjs}. */
export async function answersOfTfjs(
  file: string,
  photos: readonly string[],
  preparation: Preparation,
): Promise<{ runtime: string; logits: Float32Array[] }> {
  const { crop } = preparation
  const inputs: Tensor[] = []
  for (const photo of photos) {
    const values = new Float32Array(crop * crop * 3)
    normalise(evaluationView(await decodePhoto(photo), preparation), preparation, values)
    inputs.push(tf.tensor(values, [1, crop, crop, 3]))
  }
  const logits = await predictTfjs(file, inputs)
  tf.dispose(inputs)
  return { runtime: `TensorFlow.js ${tf.version.tfjs}, plain JavaScript`, logits }
}
