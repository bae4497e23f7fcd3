import { writeFile } from 'node:fs/promises'
import { version } from '../../../shared/version.ts'
import { sha256Of } from '../checksum.ts'
import { bytesOf } from '../files.ts'

/** How far one program's logits are from ours, over all photos. */
export interface Distance {
  largestLogitDifference: number
  changedAnswers: number
}

/** What another program's answers to the run's own photos showed: kept beside the file, and shown. */
export interface Certificate {
  format: string
  bytes: number
  sha256: string
  thaw: string
  /** The program that computed independently. */
  runtime: string
  /** Validation photos that both answered. */
  photos: number
  /** Of all our logits, the largest by size: what the differences are to be seen against. */
  largestLogit: number
  /** From equal pixels: what differs arises in the network. */
  network: Distance
  /** From the decoded photos: resizing and cropping in the file count too; null where the file takes prepared tensors. */
  photo: Distance | null
  /** Whether from equal pixels no logit differs by more than 1e-3. */
  good: boolean
}

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

export const certificateOf = (file: string): string => `${file}.certificate.json`
