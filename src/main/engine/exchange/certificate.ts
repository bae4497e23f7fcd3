import { writeFile } from 'node:fs/promises'
import type { Certificate, Distance } from '../../../shared/api/exchange.ts'
import { mostDifference } from '../../../shared/api/exchange.ts'
import { version } from '../../../shared/version.ts'
import { sha256Of } from '../checksum.ts'
import { bytesOf } from '../files.ts'
import { otherDecoder } from './otherDecoder.ts'

const largest = (values: Float32Array): number => values.indexOf(Math.max(...values))

/** The largest logit by size. */
export const largestOf = (logits: readonly Float32Array[]): number =>
  logits.reduce((most, row) => row.reduce((it, value) => Math.max(it, Math.abs(value)), most), 0)

/** @param ours logits a photo, @param theirs in the same order; null where there is no answer to compare */
export function distanceOf(
  ours: readonly Float32Array[],
  theirs: readonly (Float32Array | null)[],
): Distance {
  let largestLogitDifference = 0
  let changedAnswers = 0
  for (const [i, logits] of ours.entries()) {
    const other = theirs[i]
    if (!other) continue
    if (largest(logits) !== largest(other)) changedAnswers += 1
    for (const [c, value] of logits.entries()) {
      const difference = Math.abs(value - other[c]!)
      // NaN is never smaller: what is no number differs by more than anything, in a number that JSON can hold.
      largestLogitDifference = Number.isFinite(difference)
        ? Math.max(largestLogitDifference, difference)
        : Number.MAX_VALUE
    }
  }
  return { largestLogitDifference, changedAnswers }
}

/** From the files of those photos that another decoder reads; null if there is none. */
export function fileDistance(
  ours: readonly Float32Array[],
  theirs: readonly (Float32Array | null)[],
): Certificate['file'] {
  const photos = theirs.filter((it) => it !== null).length
  return photos === 0 ? null : { ...distanceOf(ours, theirs), photos, decoder: otherDecoder }
}

export const isGood = ({ largestLogitDifference }: Distance): boolean =>
  largestLogitDifference <= mostDifference

/** Writes the certificate beside the file it speaks of. */
export async function certify(
  file: string,
  measured: Pick<
    Certificate,
    'format' | 'runtime' | 'photos' | 'largestLogit' | 'network' | 'photo' | 'file'
  >,
): Promise<Certificate> {
  const certificate: Certificate = {
    ...measured,
    bytes: (await bytesOf(file)) ?? 0,
    sha256: await sha256Of(file),
    thaw: version,
    good: isGood(measured.network),
  }
  await writeFile(certificateOf(file), `${JSON.stringify(certificate, undefined, 1)}\n`)
  return certificate
}

const ending = '.certificate.json'
export const certificateOf = (file: string): string => `${file}${ending}`
export const isCertificate = (name: string): boolean => name.endsWith(ending)
