import { writeFile } from 'node:fs/promises'
import type { Certificate, Distance } from '../../../shared/api/exchange.ts'
import { version } from '../../../shared/version.ts'
import { sha256Of } from '../checksum.ts'
import { bytesOf } from '../files.ts'

/** Above this from equal pixels a file is not called good. */
const mostDifference = 1e-3

const largest = (values: Float32Array): number => values.indexOf(Math.max(...values))

/** @param ours logits a photo, @param theirs in the same order */
export function distanceOf(ours: readonly Float32Array[], theirs: readonly Float32Array[]): Distance {
  let largestLogitDifference = 0
  let changedAnswers = 0
  for (const [i, logits] of ours.entries()) {
    const other = theirs[i]!
    if (largest(logits) !== largest(other)) changedAnswers += 1
    for (const [c, value] of logits.entries()) {
      const difference = Math.abs(value - other[c]!)
      // NaN is never smaller: what is no number differs without end.
      largestLogitDifference = Number.isNaN(difference)
        ? Infinity
        : Math.max(largestLogitDifference, difference)
    }
  }
  return { largestLogitDifference, changedAnswers }
}

export const isGood = ({ largestLogitDifference }: Distance): boolean =>
  largestLogitDifference <= mostDifference

/** Writes the certificate beside the file it speaks of. */
export async function certify(
  file: string,
  measured: Pick<Certificate, 'format' | 'runtime' | 'photos' | 'largestLogit' | 'network' | 'photo'>,
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
