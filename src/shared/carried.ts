import { z } from 'zod'
import { Precision } from './config.ts'
import { architectures } from './model/registry.ts'
import type { NetworkName } from './model/registry.ts'
import { Preparation } from './preparation.ts'

/** Where a run's weights come from, in the file that is handed on. It holds no path: those say something about a person's machine alone. */
export const Provenance = z.object({
  run: z.string(),
  name: z.string(),
  /** ISO 8601, UTC. */
  created: z.string(),
  /** SHA-256 of the run's own weight file. */
  weights: z.string(),
  /** SHA-256 of the list of photos by content, with labels and parts. */
  photos: z.object({ count: z.int(), sha256: z.string() }),
  /** What the training began with. */
  start: z.object({ network: z.string(), sha256: z.string(), headReplaced: z.boolean() }),
})
export type Provenance = z.infer<typeof Provenance>

/** What the run's validation photos say of its answers: any promise's threshold follows from these, see engine/classify/knowledge.ts. */
export const CarriedCalibration = z.object({
  temperature: z.number().positive(),
  /** The class that each photo shows. */
  targets: z.array(z.int().nonnegative()),
  /** Cross-fitted answers, row-major [photos, classes]. */
  probabilities: z.array(z.number()),
  /** How far each is from the file's references; empty where it brings none. */
  distances: z.array(z.number()).default([]),
})
export type CarriedCalibration = z.infer<typeof CarriedCalibration>

/** Features of some training photos, so that a photo unlike all of them is known without these photos. */
export const CarriedReferences = z.object({
  photos: z.int().positive(),
  channels: z.int().positive(),
  /** Their directions, [photos, channels], a signed byte a number, as base64: distances are told by directions alone. */
  directions: z.base64(),
})
export type CarriedReferences = z.infer<typeof CarriedReferences>

/** What a weight file says of itself beside its tensors. Files of other programs say nothing: then all of it is null. */
export interface Carried {
  network: NetworkName | null
  classes: string[] | null
  preparation: Preparation | null
  /** In which the run was trained, and answers. */
  precision: Precision
  calibration: CarriedCalibration | null
  references: CarriedReferences | null
  provenance: Provenance | null
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const isNetwork = (name: string | undefined): name is NetworkName =>
  name !== undefined && Object.hasOwn(architectures, name)

/** A calibration that has a probability for each class of each photo, and shows no other class. */
function calibrationIn(text: string | undefined, classes: number | undefined): CarriedCalibration | null {
  const { data } = CarriedCalibration.safeParse(parsed(text))
  if (!data || classes === undefined || data.targets.length === 0) return null
  const { targets, probabilities, distances } = data
  const fits =
    probabilities.length === targets.length * classes &&
    targets.every((it) => it < classes) &&
    (distances.length === 0 || distances.length === targets.length)
  return fits ? data : null
}

/** References that have a byte for each channel of each photo. */
function referencesIn(text: string | undefined): CarriedReferences | null {
  const { data } = CarriedReferences.safeParse(parsed(text))
  if (!data) return null
  const { photos, channels, directions } = data
  return directions.length === Math.ceil((photos * channels) / 3) * 4 ? data : null
}

/** Reads what a file's metadata hold. What is there and makes no sense is taken for missing: it is anybody's file. */
export function carriedBy(metadata: Readonly<Record<string, string>>): Carried {
  const { architecture } = metadata
  const classes = z.array(z.string()).safeParse(parsed(metadata['classes'])).data ?? null
  return {
    network: isNetwork(architecture) ? architecture : null,
    classes,
    preparation: Preparation.safeParse(parsed(metadata['preparation'])).data ?? null,
    precision: Precision.safeParse(metadata['precision']).data ?? 'exact',
    calibration: calibrationIn(metadata['calibration'], classes?.length),
    references: referencesIn(metadata['references']),
    provenance: Provenance.safeParse(parsed(metadata['provenance'])).data ?? null,
  }
}
