import type { Photo, UnreadablePhoto } from '../../../shared/dataset.ts'
import type { Finding } from '../../../shared/findings.ts'
import type { Matrix } from '../bank/matrix.ts'
import type { Measures } from './measure.ts'
import type { Likeness } from './likeness.ts'

/** A photo that can be read, with what was measured of it. */
export interface CheckedPhoto extends Pick<Photo, 'path' | 'class' | 'split' | 'width' | 'height'> {
  hash: string
  measures: Measures
}

/** All that checks look at. */
export interface Subject {
  classes: readonly string[]
  unreadable: readonly UnreadablePhoto[]
  photos: readonly CheckedPhoto[]
  /** A row a photo. */
  features: Matrix
  /** Which photos show the same. */
  likeness: Likeness
  seed: number
  signal?: AbortSignal | undefined
  /** How far heads are that doubt labels, from 0 to 1: of all checks the one that takes long. */
  onDoubted?: ((share: number) => void) | undefined
}

/** One check: its findings, the most important first. */
export type Check = (subject: Subject) => Finding[] | Promise<Finding[]>
