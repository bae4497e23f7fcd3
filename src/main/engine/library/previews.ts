import path from 'node:path'
import type { z } from 'zod'
import type { InputNumbers, PhotoPreview } from '../../../shared/api/datasets.ts'
import type { Photo, Split } from '../../../shared/dataset.ts'
import { photosOf } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import { orderOfEpoch } from '../../../shared/random.ts'
import { trainable } from '../datasets/browse.ts'
import { forTraining } from '../datasets/openDataset.ts'
import { boxOf } from '../photos/pixels.ts'
import { asItLies } from '../photos/thumbnail.ts'
import { normalise } from '../preprocess/normalise.ts'
import { cropFrame, evaluationFrame, resizedSize } from '../preprocess/pipeline.ts'
import { trainingRequest } from '../preprocess/views.ts'
import type { PhotoResult, PhotoTask, ViewRequest } from '../preprocess/workers/tasks.ts'
import type { Library, LibraryHandlers } from './context.ts'

/** How many training views a preview shows: those of a run's first epochs. */
const viewsShown = 8
/** Pixels of a resized photo above which it is not shown: it is far longer than wide. */
const mostResized = 4e6
/** Longest side of a photo as it lies in its file, pixels. */
const lyingSize = 1024
/** Pixels along a side of what is shown in numbers. */
const excerptSize = 3

type Pixels = Uint8Array<ArrayBuffer>

/** The network's input as bytes again: by `back` to what it was, or as it stands with everything outside 0–1 cut off. */
function asBytes(input: Float32Array, { mean, std }: Preparation, back: boolean): Uint8Array {
  const bytes = Uint8ClampedArray.from(input, (value, i) => {
    const channel = i % 3
    return 255 * (back ? value * std[channel]! + mean[channel]! : value)
  })
  return new Uint8Array(bytes.buffer)
}

function numbersOf(
  plain: Pixels,
  input: Float32Array,
  crop: number,
  at: readonly [number, number],
): z.infer<typeof InputNumbers> {
  const channel = (k: number) => {
    let [least, most, sum] = [Infinity, -Infinity, 0]
    for (let i = k; i < input.length; i += 3) {
      least = Math.min(least, input[i]!)
      most = Math.max(most, input[i]!)
      sum += input[i]!
    }
    return { least, mean: sum / (input.length / 3), most }
  }
  const size = Math.min(excerptSize, crop)
  const [left, top] = at.map((middle) =>
    Math.min(crop - size, Math.max(0, middle - Math.floor(size / 2))),
  ) as [number, number]
  const indices = Array.from({ length: size * size * 3 }, (_, i) => {
    const pixel = Math.trunc(i / 3)
    return ((top + Math.trunc(pixel / size)) * crop + left + (pixel % size)) * 3 + (i % 3)
  })
  return {
    channels: [channel(0), channel(1), channel(2)],
    excerpt: {
      ...{ left, top, size },
      bytes: indices.map((index) => plain[index]!),
      values: indices.map((index) => input[index]!),
    },
  }
}

/** A split's photos in the order in which the first epoch takes them. */
function firstBatch(photos: Photo[], split: Split, seed: number, size: number): number[] {
  const order = split === 'train' ? orderOfEpoch(seed, 1, photos.length) : [...photos.keys()]
  return order.slice(0, size)
}

export function previewHandlers(library: Library): Pick<LibraryHandlers, 'photos.preview' | 'photos.batch'> {
  const { datasets, pictures, pool } = library

  const results = async (
    tasks: PhotoTask[],
    signal: AbortSignal,
    onView?: () => void,
  ): Promise<PhotoResult[]> => {
    const done: PhotoResult[] = []
    for await (const outcome of (await pool()).outcomes(tasks, { signal })) {
      if ('error' in outcome) throw outcome.error
      done.push(outcome.result)
      onView?.()
    }
    return done
  }

  /** The photo as it lies in its file, where that is not as it is seen. */
  const lying = async (id: string, file: string): Promise<Pick<PhotoPreview, 'orientation' | 'unturned'>> => {
    const { orientation, picture } = await asItLies(file, lyingSize)
    if (!picture) return { orientation, unturned: null }
    return { orientation, unturned: await pictures.keepView([id, 'as it lies'], picture.data, picture) }
  }

  return {
    'photos.preview': async (asked, { signal }) => {
      const { photo: id, preparation, augmentation, seed, at } = asked
      const { stored, photo, file } = await pictures.photo(id)
      const opened = await datasets.open(stored.id)
      // The place in the part that training will have with this seed decides what is drawn.
      const index = photosOf(forTraining(opened, seed), 'train').findIndex((it) => it.path === photo.path)
      const crop = opened.browsed.photos.find((it) => it.path === photo.path)?.crop
      const box = boxOf(photo, crop ?? { left: 0, top: 0, ...photo })
      const requests = Array.from({ length: viewsShown }, (_, i) =>
        trainingRequest(augmentation, { seed, photo: Math.max(0, index), epoch: i + 1 }),
      )
      const size = resizedSize(box, preparation)
      const isShown = size.width * size.height <= mostResized
      const task = (request: ViewRequest): PhotoTask => ({ kind: 'view', file, request, preparation, crop })
      const all: ViewRequest[] = [
        { kind: 'evaluation' },
        ...requests,
        ...(isShown ? [{ kind: 'resized' } as const] : []),
      ]
      const [evaluated, ...others] = await results(all.map(task), signal)
      const plain = evaluated!.pixels!
      const input = new Float32Array(plain.length)
      normalise(plain, preparation, input)

      const square = { width: preparation.crop, height: preparation.crop }
      const keep = (what: string, pixels: Uint8Array, shape = square) =>
        pictures.keepView([id, JSON.stringify([preparation, box]), what], pixels, shape)
      const frame = evaluationFrame(box, preparation)
      const middle = Math.floor(preparation.crop / 2)
      return {
        width: photo.width,
        height: photo.height,
        original: id,
        ...(await lying(id, file)),
        crop: crop ?? null,
        frame: { ...frame, left: frame.left + box.left, top: frame.top + box.top },
        resized: isShown
          ? {
              picture: await keep('resized', others.at(-1)!.pixels!, size),
              ...size,
              frame: cropFrame(size, preparation),
            }
          : null,
        evaluation: {
          plain: await keep('plain', plain),
          clipped: await keep('clipped', asBytes(input, preparation, false)),
          restored: await keep('restored', asBytes(input, preparation, true)),
        },
        numbers: numbersOf(plain, input, preparation.crop, at ?? [middle, middle]),
        trainingIndex: index < 0 ? null : index,
        views: await Promise.all(
          requests.map(async (_, i) => {
            const { pixels, drawn } = others[i]!
            const picture = await keep(`view ${JSON.stringify(drawn)}`, pixels!)
            return { picture, epoch: i + 1, drawn: drawn! }
          }),
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
        request:
          split === 'train'
            ? trainingRequest(augmentation, { seed, photo: index, epoch: 1 })
            : { kind: 'evaluation' },
        preparation,
        crop: photos[index]!.crop,
      }))
      let done = 0
      const views = await results(tasks, signal, () => progress({ done: (done += 1), total: tasks.length }))
      const square = { width: preparation.crop, height: preparation.crop }
      const tiles = indices.map(async (index, i) => {
        const photo = photos[index]!
        const of = [pictures.idOf(stored.id, photo), JSON.stringify([preparation, tasks[i]])]
        const picture = await pictures.keepView(of, views[i]!.pixels!, square)
        return { picture, path: photo.path, class: photo.class }
      })
      return {
        shape: [indices.length, 3, preparation.crop, preparation.crop],
        tiles: await Promise.all(tiles),
      }
    },
  }
}
