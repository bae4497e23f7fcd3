import type { DatasetSummary } from '../../../shared/api/datasets.ts'

/** The ways to work on a dataset's photos; findings are a room of their own. */
export type PhotoTab = 'all' | 'findings' | 'label' | 'map'

const inOneRoom = ['all', 'label', 'map'] as const

/** The way that the address of the photo room asks for. */
export const photoTabOf = (asked: unknown): (typeof inOneRoom)[number] =>
  inOneRoom.find((tab) => tab === asked) ?? 'all'

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

/** All photos of a dataset that can be read. */
export const photosOf = ({ train, val, test, unlabelled, leftOut }: DatasetSummary): number =>
  sum(train) + sum(val) + sum(test) + unlabelled + leftOut
