import path from 'node:path'
import type { Answer, ClassifyModel } from '../../../shared/api/classify.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { openCompute } from '../backend/compute.ts'
import { tf } from '../backend/tf.ts'
import { Model } from '../model/network.ts'
import { openNetwork } from '../model/open.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { normalise } from '../preprocess/normalise.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { placesIn } from '../store/paths.ts'
import { findRun, readRecord } from '../store/runFolder.ts'
import { softmax } from '../training/loss.ts'
import { imagenetLabels, readLabels } from './labels.ts'

export interface ClassifyRequest {
  home: string
  /** Absolute paths. */
  photos: readonly string[]
  model: ClassifyModel
  top: number
  signal?: AbortSignal
}

export type ClassifiedPhoto =
  { photo: string; top: Answer[]; logits: Float32Array } | { photo: string; error: PlainError }

/** Photos computed at once. */
const batch = 8

/** The folder of a run by its id, name or path. @throws ThawError run.missing */
export async function runFolderOf(home: string, run: string): Promise<string> {
  const direct = path.resolve(run)
  if (await readRecord(direct).catch(() => undefined)) return direct
  return findRun(placesIn({ home, cache: home }).runs, run)
}

async function open(
  home: string,
  model: ClassifyModel,
): Promise<{ opened: OpenedNetwork; labels: string[] }> {
  if ('run' in model) {
    const folder = await runFolderOf(home, model.run)
    const record = await readRecord(folder)
    const opened = await openNetwork({
      backbone: record.network,
      file: path.join(folder, 'best.safetensors'),
    })
    return { opened, labels: record.classes }
  }
  const opened = await openNetwork({ backbone: model.backbone, file: model.weights })
  const labels = model.labels
    ? await readLabels(model.labels)
    : (opened.classes ?? (opened.network.classes === 1000 ? await imagenetLabels() : []))
  if (labels.length !== opened.network.classes) {
    opened.weights.dispose()
    throw new ThawError('labels.wrong-count', {
      file: model.labels ?? opened.file,
      found: labels.length,
      expected: opened.network.classes,
    })
  }
  return { opened, labels }
}

/** Answers for each photo, in their order; one that cannot be read gets an error in its place. */
export async function* classify(request: ClassifyRequest): AsyncGenerator<ClassifiedPhoto> {
  const compute = await openCompute(null, 'exact')
  const { opened, labels } = await open(request.home, request.model)
  const { preparation, network, weights } = opened
  const model = new Model(network, weights, compute.kernels)
  const workers = await ViewWorkers.open({
    threads: compute.environment.threads,
    folder: '/',
    preparation,
  })
  const side = preparation.crop
  const size = side * side * 3
  const views = workers.views(
    request.photos.map((photo) => ({ path: photo, view: { kind: 'evaluation' } as const })),
    request.signal ? { signal: request.signal } : {},
  )
  try {
    for (let from = 0; from < request.photos.length; from += batch) {
      const photos = request.photos.slice(from, from + batch)
      // Always a full batch, so that a photo's answer is the same bits whatever comes with it.
      const floats = new Float32Array(batch * size)
      const errors = new Map<number, PlainError>()
      for (let i = 0; i < photos.length; i += 1) {
        const { value, done } = await views.next()
        if (done) throw new Error('the workers gave too few photos')
        if ('error' in value) errors.set(i, plainError(value.error))
        else normalise(value.pixels, preparation, floats.subarray(i * size, (i + 1) * size))
      }
      const x = tf.tensor(floats, [batch, side, side, 3], 'float32')
      const y = model.infer(x)
      const logits = y.dataSync() as Float32Array
      tf.dispose([x, y])
      const probabilities = softmax(logits, network.classes)
      for (const [i, photo] of photos.entries()) {
        const error = errors.get(i)
        if (error) {
          yield { photo, error }
          continue
        }
        const row = (all: Float32Array) => all.slice(i * network.classes, (i + 1) * network.classes)
        const own = row(probabilities)
        const top = Array.from(own, (probability, index) => ({ index, class: labels[index]!, probability }))
          .toSorted((a, b) => b.probability - a.probability || a.index - b.index)
          .slice(0, request.top)
        yield { photo, top, logits: row(logits) }
      }
    }
  } finally {
    await views.return()
    await workers.close()
    weights.dispose()
  }
}
