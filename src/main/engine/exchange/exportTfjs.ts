import path from 'node:path'
import type { Certificate } from '../../../shared/api/exchange.ts'
import { withClasses } from '../../../shared/model/layers.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import { spread } from '../../../shared/spread.ts'
import { answersOf, photosToCompare } from '../classify/parity.ts'
import { openWeights } from '../weights/index.ts'
import { decodePhoto } from '../photos/decode.ts'
import { certify, distanceOf, fileDistance, largestOf } from './certificate.ts'
import { decodedElsewhere } from './otherDecoder.ts'
import type { RunExport } from './runExport.ts'
import { answersOfTfjs } from './tfjsRuntime.ts'
import { writeTfjs } from './writeTfjs.ts'

/** Plain JavaScript takes seconds a photo. */
export const mostByTfjs = 4

/** The model's own file: a folder that is named gets it inside. */
export const modelFile = (to: string): string => (to.endsWith('.json') ? to : path.join(to, 'model.json'))

/** Writes the run's network for TensorFlow.js, with a page. @throws ThawError weights.*, disk.full, output.unwritable */
export async function exportTfjs({ record, weights: file, to }: RunExport): Promise<void> {
  const weights = await openWeights(file)
  const { network: name, classes, preparation } = record
  try {
    const network = withClasses(networkOf(name), classes.length)
    await writeTfjs(modelFile(to), { network, weights, preparation, classes })
  } finally {
    await weights.close()
  }
}

/** Lets TensorFlow.js answer some validation photos with the model, beside our own answers. */
export async function certifyTfjs(exported: RunExport): Promise<Certificate> {
  const { record, weights, to } = exported
  const chosen = spread(await photosToCompare(record), mostByTfjs)
  const ours = await answersOf(record, weights, chosen, exported)
  const mine = [...ours.values()]
  const photos = [...ours.keys()]
  const theirs = (decode: typeof decodedElsewhere) =>
    answersOfTfjs(modelFile(to), photos, record.preparation, decode)
  const { runtime, logits } = await theirs(decodePhoto)
  const fromFiles = await theirs(decodedElsewhere)
  return certify(modelFile(to), {
    format: 'tfjs graph model, from prepared tensors',
    runtime,
    photos: mine.length,
    largestLogit: largestOf(mine),
    network: distanceOf(mine, logits),
    photo: null,
    file: fileDistance(mine, fromFiles.logits),
  })
}
