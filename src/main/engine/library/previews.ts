import path from 'node:path'
import type { Photo, Split } from '../../../shared/dataset.ts'
import { photosOf } from '../../../shared/dataset.ts'
import type { Augmentation, Preparation } from '../../../shared/preparation.ts'
import { viewsOf } from '../../../shared/preparation.ts'
import { randomFor, shuffled } from '../../../shared/random.ts'
import { ThawError } from '../../../shared/errors.ts'
import { trainable } from '../datasets/browse.ts'
import { normalise } from '../preprocess/normalise.ts'
import { evaluationFrame } from '../preprocess/pipeline.ts'
import { drawTrainingView, randomOfEpoch } from '../preprocess/views.ts'
import type { PhotoTask, ViewRequest } from '../preprocess/workers/tasks.ts'
import type { Library, LibraryHandlers } from './context.ts'

/** How many training views a preview shows: those of a run's first epochs. */
const viewsShown = 8

type Pixels = Uint8Array<ArrayBuffer>

/** The network's input as bytes again: by `back` to what it was, or as it stands with everything outside 0–1 cut off. */
function asBytes(plain: Pixels, preparation: Preparation, back: boolean): Uint8Array {
  const input = new Float32Array(plain.length)
  normalise(plain, preparation, input)
  const { mean, std } = preparation
  const bytes = Uint8ClampedArray.from(input, (value, i) => {
    const channel = i % 3
    return 255 * (back ? value * std[channel]! + mean[channel]! : value)
  })
  return new Uint8Array(bytes.buffer)
}

/** What the wizard's settings make of the photos of a first batch. */
function requestOf(split: Split, augmentation: Augmentation, seed: number, photo: number): ViewRequest {
  if (split !== 'train' || augmentation === 'none') return { kind: 'evaluation' }
  return viewsOf(augmentation) === undefined
    ? { kind: 'epoch', seed, photo, epoch: 1 }
    : { kind: 'bank', seed, photo, view: 0 }
}

/** A split's photos in the order in which the first epoch takes them. */
function firstBatch(photos: Photo[], split: Split, seed: number, size: number): number[] {
  const order =
    split === 'train' ? shuffled(photos.length, randomFor(seed, 'shuffle', 1)) : [...photos.keys()]
  return order.slice(0, size)
}

export function previewHandlers(library: Library): Pick<LibraryHandlers, 'photos.preview' | 'photos.batch'> {
  const { datasets, pictures, pool } = library

  const views = async (tasks: PhotoTask[], signal: AbortSignal, onView?: () => void): Promise<Pixels[]> => {
    const done: Pixels[] = []
    for await (const outcome of (await pool()).outcomes(tasks, { signal })) {
      if ('error' in outcome) throw outcome.error
      done.push(outcome.result.pixels!)
      onView?.()
    }
    return done
  }

  return {
    'photos.preview': async ({ photo: id, preparation, seed }, { signal }) => {
      const { photo, index, file } = await pictures.photo(id)
      const { width, height } = photo
      const task = (request: ViewRequest): PhotoTask => ({ kind: 'view', file, request, preparation })
      const drawn = Array.from({ length: viewsShown }, (_, epoch) =>
        drawTrainingView(randomOfEpoch(seed, index, epoch + 1), width, height),
      )
      const requests = [
        { kind: 'evaluation' } as const,
        ...drawn.map((view) => ({ kind: 'fixed', view }) as const),
      ]
      const [plain, ...training] = await views(requests.map(task), signal)
      const of = [id, JSON.stringify(preparation)]
      const keep = (what: string, pixels: Uint8Array) =>
        pictures.keepView([...of, what], pixels, preparation.crop)
      return {
        width,
        height,
        original: id,
        frame: evaluationFrame(photo, preparation),
        evaluation: {
          plain: await keep('plain', plain!),
          clipped: await keep('clipped', asBytes(plain!, preparation, false)),
          restored: await keep('restored', asBytes(plain!, preparation, true)),
        },
        views: await Promise.all(
          drawn.map(async ({ flip, ...box }, i) => ({
            picture: await keep(`view ${JSON.stringify([box, flip])}`, training[i]!),
            box,
            flip,
          })),
        ),
      }
    },

    'photos.batch': async (asked, { signal, progress }) => {
      const { split, preparation, augmentation, seed, size } = asked
      const { stored, browsed } = await datasets.open(asked.dataset)
      const dataset = trainable(browsed)
      const photos = photosOf(dataset, split)
      const indices = firstBatch(photos, split, seed, size)
      if (indices.length === 0) throw new ThawError('not-found', { what: `A photo to ${split} with` })
      const tasks = indices.map((index): PhotoTask => ({
        kind: 'view',
        file: path.join(dataset.folder, photos[index]!.path),
        request: requestOf(split, augmentation, seed, index),
        preparation,
        crop: photos[index]!.crop,
      }))
      let done = 0
      const pixels = await views(tasks, signal, () => progress({ done: (done += 1), total: tasks.length }))
      const tiles = indices.map(async (index, i) => {
        const photo = photos[index]!
        const of = [pictures.idOf(stored.id, photo), JSON.stringify([preparation, tasks[i]])]
        const picture = await pictures.keepView(of, pixels[i]!, preparation.crop)
        return { picture, path: photo.path, class: photo.class }
      })
      return {
        shape: [indices.length, 3, preparation.crop, preparation.crop],
        tiles: await Promise.all(tiles),
      }
    },
  }
}
