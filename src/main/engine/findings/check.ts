import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Dataset } from '../../../shared/dataset.ts'
import type { Finding, FindingKind } from '../../../shared/findings.ts'
import { findingKinds } from '../../../shared/findings.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Folders } from '../../../shared/folders.ts'
import type { FeatureNetwork } from '../bank/datasetBank.ts'
import { bankOfDataset } from '../bank/datasetBank.ts'
import { similarClassNames } from './classNames.ts'
import { duplicates, leaks, nearDuplicates, twoClasses } from './copies.ts'
import { truncated, unreadablePhotos, wrongExtension } from './files.ts'
import { likenessOf } from './likeness.ts'
import { blurred, bright, dark, extremeAspect, tiny } from './looks.ts'
import { measurePhoto } from './measure.ts'
import type { Measures } from './measure.ts'
import { likelyMislabels } from './mislabels.ts'
import { outliers } from './outliers.ts'
import type { Check } from './subject.ts'

/** A check a row. */
export const checks: Record<FindingKind, Check> = {
  unreadable: unreadablePhotos,
  truncated,
  'wrong-extension': wrongExtension,
  tiny,
  'extreme-aspect': extremeAspect,
  blurred,
  dark,
  bright,
  duplicate: duplicates,
  'near-duplicate': nearDuplicates,
  leak: leaks,
  'two-classes': twoClasses,
  outlier: outliers,
  'likely-mislabel': likelyMislabels,
  'similar-class-names': similarClassNames,
}

export interface CheckControl {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
  passTurn?: (() => Promise<void>) | undefined
}

/**
 * Looks for everything that can be wrong with a dataset's photos. Photos that cannot be read are findings and end nothing.
 * @returns by kind, in their order
 * @throws ThawError cancelled
 */
export async function checkDataset(
  dataset: Dataset,
  network: FeatureNetwork,
  folders: Folders,
  { signal, onProgress, passTurn }: CheckControl = {},
): Promise<Finding[]> {
  const total = dataset.photos.length
  // Each photo is gone through three times – its file, its features, and by heads that doubt its label – and a third of all is told.
  const tell = (seen: number) => onProgress?.({ done: Math.floor(seen / 3), total })
  const measured = await measureAll(dataset, signal, tell)
  const bank = await bankOfDataset(dataset, network, folders, {
    signal,
    passTurn,
    onProgress: ({ done }) => tell(total + done),
  })
  const byPath = new Map(dataset.photos.map((photo) => [photo.path, photo]))
  const unmeasured = (photo: string) => measured.get(photo) === undefined
  const indices = [...bank.photos.keys()].filter((index) => !unmeasured(bank.photos[index]!.path))
  const photos = indices.map((index) => {
    const { path: name, hash } = bank.photos[index]!
    const { class: label, split, width, height } = byPath.get(name)!
    return { path: name, class: label, split, width, height, hash, measures: measured.get(name)! }
  })
  const { columns, values } = bank.features
  const features = new Float32Array(indices.length * columns)
  indices.forEach((index, i) =>
    features.set(values.subarray(index * columns, (index + 1) * columns), i * columns),
  )
  const subject = {
    classes: dataset.classes,
    unreadable: [
      ...dataset.unreadable,
      ...bank.failed.map(({ photo, error }) => ({ ...error, path: photo })),
    ],
    photos,
    features: { values: features, rows: indices.length, columns },
    likeness: await likenessOf(
      photos.map(({ hash, measures }) => ({ hash, small: measures.small })),
      signal,
    ),
    seed: 0,
    signal,
    onDoubted: (share: number) => tell((2 + share) * total),
  }
  const found: Finding[] = []
  for (const kind of findingKinds) {
    if (signal?.aborted) throw new ThawError('cancelled')
    found.push(...(await checks[kind](subject)))
  }
  return found
}

/** A few photos at a time; one that cannot be measured has no entry, and is told by who decodes it strictly. */
async function measureAll(
  { folder, photos }: Dataset,
  signal: AbortSignal | undefined,
  onDone: (done: number) => void,
): Promise<Map<string, Measures>> {
  const measured = new Map<string, Measures>()
  const atOnce = availableParallelism() * 2
  for (let from = 0; from < photos.length; from += atOnce) {
    if (signal?.aborted) throw new ThawError('cancelled')
    await Promise.all(
      photos.slice(from, from + atOnce).map(async (photo) => {
        const measures = await measurePhoto(path.resolve(folder, photo.path)).catch(() => undefined)
        if (measures) measured.set(photo.path, measures)
      }),
    )
    onDone(Math.min(photos.length, from + atOnce))
  }
  return measured
}
