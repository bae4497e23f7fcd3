/** Features of a run's training photos in the file that is handed on: as little as tells strangers there without these photos. */

import type { CarriedReferences } from '../../../shared/carried.ts'
import type { Matrix } from '../bank/matrix.ts'
import { References } from './strangers.ts'

/** A signed byte each: as base64 two thirds of a megabyte of the file's header. */
const mostNumbers = 500_000
/** Nearest photos among more of them tell little more. */
const mostPhotos = 500

/** How many photos' features a file takes along. */
export const carriedPhotos = (channels: number): number =>
  Math.max(1, Math.min(mostPhotos, Math.floor(mostNumbers / channels)))

const largestByte = 127

/** Rounds the features' directions to signed bytes. @returns null where there are none */
export function packReferences({ values, rows, columns }: Matrix): CarriedReferences | null {
  if (rows === 0) return null
  const bytes = new Int8Array(rows * columns)
  for (let row = 0; row < rows; row += 1) {
    const own = values.subarray(row * columns, (row + 1) * columns)
    const largest = own.reduce((most, it) => Math.max(most, Math.abs(it)), 0) || 1
    bytes.set(
      own.map((it) => Math.round((it / largest) * largestByte)),
      row * columns,
    )
  }
  const directions = Buffer.from(bytes.buffer).toString('base64')
  return { photos: rows, channels: columns, directions }
}

/** What distances are measured to, here as where the file was made. */
export function referencesFrom({ photos, channels, directions }: CarriedReferences): References {
  const values = Float32Array.from(new Int8Array(Buffer.from(directions, 'base64')))
  return new References({ values, rows: photos, columns: channels })
}
