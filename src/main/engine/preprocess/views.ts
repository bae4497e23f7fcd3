import { transformsOf, viewsOf } from '../../../shared/augmentation.ts'
import type { Augmentation } from '../../../shared/augmentation.ts'
import type { Random } from '../../../shared/random.ts'
import { randomFor } from '../../../shared/random.ts'
import type { ViewRequest } from './workers/tasks.ts'

/** Makes the streams of a bank's views different from those of the epochs, whose places have one number less. */
const bankMark = 1

type DrawnRequest = Extract<ViewRequest, { kind: 'epoch' | 'bank' }>

/** The random numbers of a view: by the run's seed, the photo’s index in the training split, and the epoch or the view of a bank. */
export const randomOf = (request: DrawnRequest): Random =>
  request.kind === 'epoch'
    ? randomFor(request.seed, 'augmentation', request.photo, request.epoch)
    : randomFor(request.seed, 'augmentation', request.photo, request.view, bankMark)

/** What training sees of photo `photo` of its split in an epoch, counted from 1. */
export function trainingRequest(
  augmentation: Augmentation,
  { seed, photo, epoch }: { seed: number; photo: number; epoch: number },
): ViewRequest {
  const transforms = transformsOf(augmentation)
  if (transforms.length === 0) return { kind: 'evaluation' }
  const views = viewsOf(augmentation)
  return views === undefined
    ? { kind: 'epoch', seed, photo, epoch, transforms }
    : { kind: 'bank', seed, photo, view: (epoch - 1) % views, transforms }
}
