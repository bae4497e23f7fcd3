import { z } from 'zod'

/** What can be wrong with photos, in the order in which it is told. */
export const findingKinds = [
  'unreadable',
  'truncated',
  'wrong-extension',
  'tiny',
  'extreme-aspect',
  'blurred',
  'dark',
  'bright',
  'duplicate',
  'near-duplicate',
  'leak',
  'two-classes',
  'outlier',
  'likely-mislabel',
  'similar-class-names',
] as const
export const FindingKind = z.enum(findingKinds)
export type FindingKind = z.infer<typeof FindingKind>

/** Something that is wrong, or looks so. */
export const Finding = z.strictObject({
  finding: FindingKind,
  /** Paths in the dataset; what belongs together stands together. */
  photos: z.array(z.string()),
  /** Figures and names that the kind tells. */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
})
export type Finding = z.infer<typeof Finding>
