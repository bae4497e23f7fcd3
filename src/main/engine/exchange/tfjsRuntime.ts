import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Preparation } from '../../../shared/preparation.ts'
import type { Tensor } from '../backend/tf.ts'
import { tf } from '../backend/tf.ts'
import type { Pixels } from '../photos/pixels.ts'
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

/**
 * Answers photos with a written model, as {@link predictTfjs}.
 * @returns the logits of each; null for one that the decoder does not read
 */
export async function answersOfTfjs(
  file: string,
  photos: readonly string[],
  preparation: Preparation,
  decode: (photo: string) => Promise<Pixels | undefined>,
): Promise<{ runtime: string; logits: (Float32Array | null)[] }> {
  const { crop } = preparation
  const inputs: (Tensor | null)[] = []
  for (const photo of photos) {
    const pixels = await decode(photo)
    const values = new Float32Array(crop * crop * 3)
    if (pixels) normalise(evaluationView(pixels, preparation), preparation, values)
    inputs.push(pixels ? tf.tensor(values, [1, crop, crop, 3]) : null)
  }
  const given = inputs.filter((it) => it !== null)
  const found = await predictTfjs(file, given)
  tf.dispose(given)
  const logits = inputs.map((it) => (it ? found[given.indexOf(it)]! : null))
  return { runtime: `TensorFlow.js ${tf.version.tfjs}, plain JavaScript`, logits }
}
