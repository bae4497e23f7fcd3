/** What the pool and its worker threads say to each other: plain data only, it is cloned on its way. */
import type { PhotoBox } from '../../../../shared/dataset.ts'
import type { ErrorCode, ErrorParameters } from '../../../../shared/errors.ts'
import type { LookOptions, PhotoLook } from '../../photos/look.ts'
import type { Transform } from '../../../../shared/augmentation.ts'
import type { DrawnStep } from '../../../../shared/drawnStep.ts'
import type { Preparation } from '../../../../shared/preparation.ts'

/** Which view of a photo is wanted. Drawn views are drawn in the worker, where the photo's size is known for certain. */
export type ViewRequest =
  | { kind: 'evaluation' }
  /** What the evaluation cuts its view out of, only to be looked at. */
  | { kind: 'resized' }
  /** Drawn for this epoch; `photo` is the photo’s index in the training split. */
  | { kind: 'epoch'; seed: number; photo: number; epoch: number; transforms: readonly Transform[] }
  /** View number `view` (from 0) of a bank of fixed views. */
  | { kind: 'bank'; seed: number; photo: number; view: number; transforms: readonly Transform[] }

export type PhotoTask =
  | {
      kind: 'view'
      file: string
      request: ViewRequest
      preparation: Preparation
      crop?: PhotoBox | undefined
    }
  /** Decodes the photo to know that it can be done, and what it is. */
  | { kind: 'look'; file: string; thumbnail?: LookOptions['thumbnail'] }

export interface PhotoResult {
  /** The photo's own size, upright. */
  width: number
  height: number
  /** Of a look. */
  look?: PhotoLook
  /** Of a view: [crop, crop, 3], or [height, width, 3] of one that is only resized. */
  pixels?: Uint8Array<ArrayBuffer>
  /** Of a view: what was drawn for it. */
  drawn?: DrawnStep[]
}

/** A bad photo is an answer; an error of the program (`bug`) is not, and ends the work. */
export type PhotoAnswer =
  { result: PhotoResult } | { error: { code: ErrorCode; parameters: ErrorParameters } } | { bug: unknown }

/** `alone`: nothing else is in hand meanwhile. `hold`: whether nothing more is begun for now. */
export type ToWorker =
  { id: number; task: PhotoTask; alone?: true } | { cancel: number[] } | { hold: boolean } | { close: true }
export type FromWorker = { ready: true } | { id: number; answer: PhotoAnswer }

export interface WorkerData {
  memory: SharedArrayBuffer
  /** The worker’s index among all, from 0: its cells in the memory begin at `member * lanes`. */
  member: number
  /** How many photos it has in hand at a time. */
  lanes: number
  /** The number of the task in each lane, from 1; 0: none. It can be read when the thread is gone. */
  inHand: Int32Array<SharedArrayBuffer>
}
