import { rm } from 'node:fs/promises'
import type { Certificate } from '../../../shared/api/exchange.ts'
import { ThawError } from '../../../shared/errors.ts'
import { withClasses } from '../../../shared/model/layers.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import type { RunRecord } from '../../../shared/run.ts'
import type { AskControl } from '../classify/parity.ts'
import { answersOf, photosToCompare } from '../classify/parity.ts'
import { openWeights } from '../weights/index.ts'
import { certify, distanceOf } from './certificate.ts'
import { OnnxRuntime } from './onnxRuntime.ts'
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

/** All photos' logits by ONNX Runtime. */
async function theirsOf(file: string, answer: (runtime: OnnxRuntime) => Promise<Float32Array[]>) {
  const runtime = await OnnxRuntime.open(file)
  try {
    return { logits: await answer(runtime), name: runtime.name }
  } finally {
    await runtime.close()
  }
}

/** @throws ThawError cancelled */
async function inTurn(
  photos: readonly string[],
  { signal, onAnswer }: AskControl,
  answer: (photo: string) => Promise<Float32Array>,
): Promise<Float32Array[]> {
  const logits: Float32Array[] = []
  for (const photo of photos) {
    if (signal?.aborted) throw new ThawError('cancelled')
    logits.push(await answer(photo))
    await onAnswer?.()
  }
  return logits
}

/**
 * Lets ONNX Runtime answer validation photos of the run with the file, beside our own answers, and writes down what differs and
 * where it arises: in the network, from pixels that we have prepared; and in the file's own resizing, from the decoded photos.
 */
export async function certifyOnnx(exported: OnnxExport): Promise<Certificate> {
  const { record, weights, to, withPreparation } = exported
  const { preparation } = record
  const ours = await answersOf(record, weights, await photosToCompare(record), exported)
  const photos = [...ours.keys()]
  const mine = [...ours.values()]
  // Only the variant that takes prepared tensors shows what the network alone computes.
  const prepared = withPreparation ? `${to}.prepared` : to
  try {
    if (withPreparation) await exportOnnx({ ...exported, to: prepared, withPreparation: false })
    const fromPixels = await theirsOf(prepared, (it) =>
      inTurn(photos, exported, (photo) => it.fromPixels(photo, preparation)),
    )
    const fromPhotos = withPreparation
      ? await theirsOf(to, (it) => inTurn(photos, exported, (photo) => it.fromPhoto(photo)))
      : undefined
    return await certify(to, {
      format: withPreparation ? 'onnx, from RGB bytes' : 'onnx, from prepared tensors',
      runtime: fromPixels.name,
      photos: photos.length,
      largestLogit: Math.max(0, ...mine.flatMap((logits) => Array.from(logits, Math.abs))),
      network: distanceOf(mine, fromPixels.logits),
      photo: fromPhotos ? distanceOf(mine, fromPhotos.logits) : null,
    })
  } finally {
    if (withPreparation) await rm(prepared, { force: true })
  }
}
