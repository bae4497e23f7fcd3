import path from 'node:path'
import type { GradCamMap } from '../../../shared/api/gradCam.ts'
import type { ClassifyModel } from '../../../shared/api/classify.ts'
import type { PhotoBox } from '../../../shared/dataset.ts'
import { openModel } from '../classify/classify.ts'
import { best, cooled } from '../classify/probabilities.ts'
import { photoBatch } from '../model/photoBatch.ts'
import { decodePhoto } from '../photos/decode.ts'
import { boxOf, cutOut } from '../photos/pixels.ts'
import { evaluationFrame, evaluationView } from '../preprocess/pipeline.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { runFolderOf } from '../store/runFolder.ts'
import { gradCam } from './gradCam.ts'

export interface GradCamRequest {
  home: string
  model: ClassifyModel
  /** Absolute, or below the folder of the run's photos. */
  photo: string
  layer?: string | undefined
  class?: number | undefined
}

/** Answers that are told beside the map. */
const told = 5

/** The photo's file, and what a person cut out of it when the run learnt from it. */
async function photoOf({ home, model, photo }: GradCamRequest): Promise<{ file: string; crop?: PhotoBox }> {
  if (!('run' in model)) return { file: path.resolve(photo) }
  const { dataset } = await readRecordHere(home, await runFolderOf(home, model.run))
  const file = path.resolve(dataset.folder, photo)
  const crop = dataset.photos.find((it) => path.resolve(dataset.folder, it.path) === file)?.crop
  return { file, ...(crop && { crop }) }
}

/**
 * Grad-CAM of one photo as a network sees it, with the place of what it saw in the upright original.
 * @throws ThawError photo.*, run.*, weights.*, network.unknown, not-found for a layer or class, backend.none
 */
export async function gradCamOfPhoto(request: GradCamRequest): Promise<GradCamMap> {
  const { file, crop } = await photoOf(request)
  const photo = await decodePhoto(file)
  const seen = crop ? cutOut(photo, crop) : photo
  const corner = crop ? boxOf(photo, crop) : { left: 0, top: 0 }
  const { compute, opened, labels, temperature } = await openModel(request.home, request.model)
  try {
    const { preparation } = opened
    const x = photoBatch([evaluationView(seen, preparation)], preparation, 1)
    try {
      const { layer, class: about } = request
      const found = gradCam(opened, compute.kernels, x, { layer, about })
      const frame = evaluationFrame(seen, preparation)
      return {
        layer: found.layer.name,
        layers: found.layers.map(({ name }) => name),
        class: found.class,
        top: best(cooled(found.logits, temperature), labels, told),
        width: found.layer.width,
        height: found.layer.height,
        values: [...found.values],
        photo: { width: photo.width, height: photo.height },
        frame: { ...frame, left: frame.left + corner.left, top: frame.top + corner.top },
      }
    } finally {
      x.dispose()
    }
  } finally {
    opened.weights.dispose()
  }
}
