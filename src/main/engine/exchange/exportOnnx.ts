import { rm } from 'node:fs/promises'
import type { Certificate } from '../../../shared/api/exchange.ts'
import { ThawError } from '../../../shared/errors.ts'
import { withClasses } from '../../../shared/model/layers.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import type { RunRecord } from '../../../shared/run.ts'
import type { AskControl } from '../classify/parity.ts'
import { answersOf, photosToCompare } from '../classify/parity.ts'
import { openWeights } from '../weights/index.ts'
import { decodePhoto } from '../photos/decode.ts'
import type { Pixels } from '../photos/pixels.ts'
import { certify, distanceOf, fileDistance, largestOf } from './certificate.ts'
import { OnnxRuntime } from './onnxRuntime.ts'
import { decodedElsewhere } from './otherDecoder.ts'
import { writeOnnx } from './writeOnnx.ts'

export interface OnnxExport extends AskControl {
  record: RunRecord
  /** The run's weights. */
  weights: string
  to: string
  withPreparation: boolean
}

/** Writes the run's network as ONNX. @throws ThawError weights.*, disk.full, output.unwritable */
export async function exportOnnx({ record, weights: file, to, withPreparation }: OnnxExport): Promise<void> {
  const weights = await openWeights(file)
  const { network: name, classes, preparation } = record
  try {
    const network = withClasses(networkOf(name), classes.length)
    await writeOnnx(to, { network, weights, preparation, classes, withPreparation })
  } finally {
    await weights.close()
  }
}

/** How ONNX Runtime answers a photo that was decoded by somebody. */
type Answer = (runtime: OnnxRuntime, photo: Pixels) => Promise<Float32Array>

/**
 * Every photo's logits by ONNX Runtime; null for one that the decoder does not read.
 * @throws ThawError cancelled
 */
async function answersBy(
  runtime: OnnxRuntime,
  photos: readonly string[],
  { signal, onAnswer }: AskControl,
  decode: (photo: string) => Promise<Pixels | undefined>,
  answer: Answer,
): Promise<(Float32Array | null)[]> {
  const logits: (Float32Array | null)[] = []
  for (const photo of photos) {
    if (signal?.aborted) throw new ThawError('cancelled')
    const pixels = await decode(photo)
    logits.push(pixels ? await answer(runtime, pixels) : null)
    await onAnswer?.()
  }
  return logits
}

async function opened<R>(file: string, ask: (runtime: OnnxRuntime) => Promise<R>): Promise<R> {
  const runtime = await OnnxRuntime.open(file)
  try {
    return await ask(runtime)
  } finally {
    await runtime.close()
  }
}

/**
 * Lets ONNX Runtime answer validation photos of the run with the file, beside our own answers, and writes down what differs and
 * where it arises: in the network, from pixels that we have prepared; in the file's own resizing, from photos that we have decoded; and
 * in decoding, from the photo files by another decoder.
 */
export async function certifyOnnx(exported: OnnxExport): Promise<Certificate> {
  const { record, weights, to, withPreparation } = exported
  const { preparation } = record
  const ours = await answersOf(record, weights, await photosToCompare(record), exported)
  const photos = [...ours.keys()]
  const mine = [...ours.values()]
  const fromPrepared: Answer = (runtime, photo) => runtime.fromPrepared(photo, preparation)
  const fromPhoto: Answer = (runtime, photo) => runtime.fromPhoto(photo)
  // Only the variant that takes prepared tensors shows what the network alone computes.
  const prepared = withPreparation ? `${to}.prepared` : to
  try {
    if (withPreparation) await exportOnnx({ ...exported, to: prepared, withPreparation: false })
    const network = await opened(prepared, (it) => answersBy(it, photos, exported, decodePhoto, fromPrepared))
    const { photo, file, runtime } = await opened(to, async (it) => ({
      photo: withPreparation ? await answersBy(it, photos, exported, decodePhoto, fromPhoto) : null,
      file: await answersBy(
        it,
        photos,
        exported,
        decodedElsewhere,
        withPreparation ? fromPhoto : fromPrepared,
      ),
      runtime: it.name,
    }))
    return await certify(to, {
      format: withPreparation ? 'onnx, from RGB bytes' : 'onnx, from prepared tensors',
      runtime,
      photos: photos.length,
      largestLogit: largestOf(mine),
      network: distanceOf(mine, network),
      photo: photo && distanceOf(mine, photo),
      file: fileDistance(mine, file),
    })
  } finally {
    if (withPreparation) await rm(prepared, { force: true })
  }
}
